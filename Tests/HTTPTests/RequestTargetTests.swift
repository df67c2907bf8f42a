import Testing

@testable import HTTP

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/", []), ("/a", ["a"]), ("/a/", ["a", ""]), ("//a", ["", "a"]), ("/a%20b", ["a b"]), ("/%C3%A9", ["é"]),
        ("/%e2%82%ac/x", ["€", "x"]), ("/a+b", ["a+b"]), ("/%2541", ["%41"]), ("/...", ["..."]), ("/a..b", ["a..b"]),
        ("/.well-known", [".well-known"]), ("/~ada;v=1,2", ["~ada;v=1,2"]), ("/a:b@c!$&'()*", ["a:b@c!$&'()*"]),
        ("http://h", []), ("HTTPS://h:8/a?b", ["a"]), ("http://[::1]/a", ["a"]), ("/%F0%9F%99%82", ["🙂"]),
    ])
    func path(target: String, expected: [String]) throws {
        #expect(try RequestHead(method: "GET", target: target).path == expected)
    }

    @Test(arguments: [
        "/..", "/.", "/a/../b", "/a/./b", "/../../etc/passwd", "/%2e%2e", "/.%2E/x", "/%2e", "/..%2f..%2fetc/passwd",
        "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/%00", "/a%00.jpg", "/%0d%0aX:1", "/%7f", "/%1b", "/%", "/%2", "/%zz",
        "/%u0041", "/%ff", "/%c0%af", "/%c0%ae%c0%ae", "/%ed%a0%80", "/%e2%82", "/a b", "/é", "/a#b", "/<x>", "/\"",
        "/{a}", "/a|b", "/a^b", "/`", "/[a]", "", "a", "*", "?a=1", "http://", "http:///a", "http:/a", "http://a b/",
        "http://u:p@h/", "http://h:x/", "file:///etc/passwd", "/?%00", "/?a=%0a", "/?a=%ff", "/?a=%", "/?a#b",
    ])
    func refusedPath(target: String) {
        let error = #expect(throws: RequestError.self) { try RequestHead(method: "GET", target: target) }
        #expect(error?.status == 400)
    }

    @Test(arguments: [
        ("", []), ("a=1", ["a=1"]), ("a=1&b=2&a=3", ["a=1", "b=2", "a=3"]), ("a", ["a="]), ("a==b", ["a==b"]),
        ("&&a=1&", ["a=1"]), ("t=10:00%2B02:00", ["t=10:00+02:00"]), ("t=10:00+02:00", ["t=10:00+02:00"]),
        ("a=%26&b=%3D", ["a=&", "b=="]), ("a=%2541", ["a=%41"]), ("a[]=/../x?", ["a[]=/../x?"]),
    ])
    func query(text: String, expected: [String]) throws {
        let head = try RequestHead(method: "GET", target: "/?\(text)")
        #expect(head.query.map { "\($0.name)=\($0.value)" } == expected)
    }

    @Test(arguments: [
        ("example.org", true), ("a:80", true), ("a:", true), ("127.0.0.1:8080", true), ("[::1]", true),
        ("[2001:db8::1]:443", true), ("%61", true), ("a_b", true), ("", false), (":80", false), ("a:b", false),
        ("a:123456", false), ("a/b", false), ("a@b", false), ("a b", false), ("[::1", false), ("[::1]x", false),
        ("[]", false), ("[1.2.3.4]", false), ("a%6", false), ("a\"", false), ("é", false), ("a#", false),
        ("a?b", false),
    ])
    func authority(text: String, isValid: Bool) {
        #expect(Authority.isValid(Array(text.utf8)[...]) == isValid)
    }
}
