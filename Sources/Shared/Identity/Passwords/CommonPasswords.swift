import Core

/// The passwords that are tried first, of those that are long enough.
enum CommonPasswords {
    /// However its letters are cased.
    static func contain(_ text: String) -> Bool { all.contains(UTF8Text(text).lowercasedASCII) }

    private static let all: Set<UTF8Text> = [
        "0000000000", "00000000000", "000000000000", "0123456789", "0987654321", "0987654321a", "1111111111",
        "11111111111",
        "111111111111", "1111122222", "1122334455", "112233445566", "1212121212", "123123123123", "1231231231",
        "1234512345",
        "12345678900", "1234567890", "1234567890a", "1234567890q", "1234567890-=", "12345678910", "123456789012",
        "1234567891", "123456789123", "123456789a", "123456789q", "123456789z", "1234qwerasdf", "123qweasdzxc",
        "12qwaszx12",
        "1357924680", "147258369", "1472583690", "1q2w3e4r5t", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u", "1qaz2wsx3edc",
        "1qazxsw23edc",
        "2222222222", "3333333333", "4444444444", "5555555555", "6666666666", "7777777777", "8888888888", "9876543210",
        "987654321a", "9999999999", "a123456789", "aa12345678", "aaaaaaaaaa", "abc1234567", "abc123456789",
        "abcd123456",
        "abcd12345678", "abcdefghij", "abcdefghijk", "admin12345", "admin123456", "administrator", "asdf123456",
        "asdfasdfasdf",
        "asdfghjkl1", "asdfghjkl;", "azertyuiop", "bangladesh", "bangladesh1", "bangladesh123", "baseball123",
        "bismillah1",
        "bismillah123", "changeme123", "computer123", "football123", "hello12345", "helloworld", "iloveyou12",
        "iloveyou123",
        "iloveyou1234", "india12345", "jaishreeram", "letmein123", "mnbvcxzlkj", "monkey12345", "october2026",
        "pakistan12",
        "pakistan123", "passw0rd12", "passw0rd123", "password01", "password10", "password11", "password12",
        "password123",
        "password1234", "password12345", "password123456", "password@1", "password@123", "password!1",
        "passwordpassword",
        "princess123", "q1w2e3r4t5", "q1w2e3r4t5y6", "qazwsxedc1", "qazwsxedcrfv", "qwer123456", "qwerasdfzxcv",
        "qwert12345",
        "qwerty1234", "qwerty12345", "qwerty123456", "qwertyqwerty", "qwertyuiop", "qwertyuiop1", "qwertyuiop123",
        "qwertyuiop[]", "qwertyuiopasdfghjkl", "sachin12345", "saibaba123", "spiderman123", "sunshine123",
        "superman123",
        "test123456", "testtest12", "thisismypassword", "trustno1234", "welcome123", "welcome1234", "welcome12345",
        "zaq12wsxcde3",
        "zaq1zaq1zaq1", "zxcvbnm123", "zxcvbnm1234", "zxcvbnmasd",
    ]
}
