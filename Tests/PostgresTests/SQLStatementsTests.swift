import Testing

@testable import Postgres

@Suite struct SQLStatementsTests {
    @Test(
        "A text is taken apart at the semicolons between statements, and nowhere else",
        arguments: [
            ("select 1; select 2", ["select 1", " select 2"]), ("select 1;\n;;  \n", ["select 1"]), ("", []),
            ("-- only; words", []), ("/* a; /* b; */ c; */", []),
            ("select 1 -- a;\n;select 2", ["select 1 -- a;\n", "select 2"]),
            ("select ';', 'it''s;'; x", ["select ';', 'it''s;'", " x"]),
            (#"select E'\';'; x"#, [#"select E'\';'"#, " x"]), (#"select '\'; x"#, [#"select '\'"#, " x"]),
            (#"select e'\\'; x"#, [#"select e'\\'"#, " x"]), (#"select name'\'; x"#, [#"select name'\'"#, " x"]),
            (#"select "a;b"; x"#, [#"select "a;b""#, " x"]),
            ("do $$ a; b $$; x", ["do $$ a; b $$", " x"]), ("do $b$ a; $$; $b$; x", ["do $b$ a; $$; $b$", " x"]),
            ("select $1; select a$b$c; x", ["select $1", " select a$b$c", " x"]),
            ("create rule r as on insert to t do (a; b); x", ["create rule r as on insert to t do (a; b)", " x"]),
            ("select 'never;", ["select 'never;"]), ("select $$ never;", ["select $$ never;"]), ("/* never;", []),
            (#"select E'\"#, [#"select E'\"#]), ("select '\u{e9};'; x", ["select '\u{e9};'", " x"]),
            (")); x", ["))", " x"]),
        ] as [(String, [String])])
    func split(text: String, statements: [String]) {
        #expect(SQLStatements.split(text) == statements)
    }
}
