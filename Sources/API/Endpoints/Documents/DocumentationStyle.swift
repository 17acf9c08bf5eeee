/// The page's style sheet.
enum DocumentationStyle {
    static let css = """
        :root{--ink:#1c1b19;--soft:#5b5750;--paper:#fdfcf9;--panel:#f4f1ea;--line:#ddd7cb;--accent:#9a3412;
        --get:#1d6b4f;--post:#8a4b08;--patch:#5b3fa0;--delete:#a3232f}
        @media(prefers-color-scheme:dark){:root{--ink:#ece8e0;--soft:#aaa399;--paper:#171614;--panel:#211f1c;
        --line:#3a362f;--accent:#fb923c;--get:#6ee7b7;--post:#fdba74;--patch:#c4b5fd;--delete:#fca5a5}}
        *{box-sizing:border-box}
        html{scroll-padding-top:1rem}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",
        Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
        a{color:var(--accent);text-underline-offset:.15em}
        a:focus-visible,pre:focus-visible,.scroll:focus-visible,summary:focus-visible{
        outline:2px solid var(--accent);outline-offset:2px}
        .skip{position:absolute;left:-99rem}
        .skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
        .frame{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:78rem;margin:0 auto}
        nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:2rem 1rem 2rem 1.5rem;
        font-size:.875rem}
        nav .brand{font-weight:700;font-size:1rem;margin:0 0 .5rem}
        nav h2{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);
        margin:1.5rem 0 .25rem}
        nav ul{list-style:none;margin:0;padding:0}
        nav a{display:block;padding:.2rem 0;color:var(--ink);text-decoration:none}
        nav a:hover{color:var(--accent);text-decoration:underline}
        main{padding:2rem 1.5rem 6rem;border-left:1px solid var(--line)}
        h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem}
        .lead{font-size:1.125rem;color:var(--soft);margin:0 0 1rem}
        h2.tag{font-size:1.5rem;margin:3.5rem 0 .5rem;padding-bottom:.35rem;border-bottom:2px solid var(--line)}
        h3{font-size:1.15rem;margin:0}
        h4{font-size:.9rem;margin:1.25rem 0 .4rem}
        article{margin:2rem 0;padding:1.25rem 0;border-bottom:1px solid var(--line)}
        article:target h3{color:var(--accent)}
        .route{margin:.25rem 0 .75rem}
        .method{display:inline-block;min-width:3.6rem;font-weight:700;font-size:.8rem;letter-spacing:.03em}
        .get{color:var(--get)}.post{color:var(--post)}.patch,.put{color:var(--patch)}.delete{color:var(--delete)}
        .policy,.problems{color:var(--soft);font-size:.875rem}
        code{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        pre{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.85rem 1rem;
        overflow:auto;margin:.4rem 0 1rem}
        .scroll{overflow-x:auto;margin:.4rem 0 1rem}
        table{border-collapse:collapse;width:100%;font-size:.875rem}
        th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line)}
        th{color:var(--soft);font-weight:600}
        .required{color:var(--accent);font-size:.75rem}
        summary{cursor:pointer;color:var(--soft);font-size:.875rem}
        dt{font-weight:600;margin-top:.75rem}
        dd{margin:0;color:var(--soft)}
        @media(max-width:52rem){.frame{display:block}nav{position:static;max-height:none;padding:1rem 1.25rem;
        border-bottom:1px solid var(--line)}main{border:0;padding:1.5rem 1.25rem 4rem}h1{font-size:1.6rem}}
        @media print{nav{display:none}.frame{display:block}main{border:0}}
        """
}
