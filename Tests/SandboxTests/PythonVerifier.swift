import Foundation
import Testing

@testable import SandboxRuntime

/// Signatures judged by Python's standard library, which shares nothing with the sandbox: it verifies what arrived, and then
/// again with each byte of it changed.
struct PythonVerifier: Sendable {
    enum Scheme: String, Sendable {
        /// HMAC-SHA256 over `t`, a full stop and the body; `signature` is the whole header.
        case stripe
        /// HMAC-SHA256 over the body, or over whatever text stands in its place.
        case hmac
        /// MD5 over the sorted fields of a form, with the password's MD5 among them.
        case sslcommerz
        /// PKCS #1 v1.5 over the string that Amazon signs; the secret is a certificate's modulus in hexadecimal.
        case sns
    }

    struct Verdict: Sendable, Equatable {
        let isValid: Bool
        /// Places at which a changed byte went unnoticed.
        let unnoticed: [Int]

        static let sound = Verdict(isValid: true, unnoticed: [])
    }

    static func judge(
        _ scheme: Scheme, _ signed: [UInt8], signature: String = "", secret: String
    ) async throws -> Verdict {
        let folder = FileManager.default.temporaryDirectory.appending(path: "haat-verifier-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "signed")
        try Data(signed).write(to: file)
        let result = try await run("python3", ["-c", script, scheme.rawValue, file.path, signature, secret])
        try #require(result.status == 0, "\(result.output)")
        let answer = try JSONParser.parse(Array(result.output.utf8))
        return Verdict(
            isValid: answer["valid"] == true, unnoticed: answer["unnoticed"]?.elements?.compactMap(\.intValue) ?? [-1])
    }

    private static let script = #"""
        import base64, hashlib, hmac, json, sys
        from urllib.parse import unquote_to_bytes

        scheme, path, signature, secret = sys.argv[1:5]
        signed = open(path, "rb").read()

        def mac(message):
            return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()

        def stripe(body):
            parts = [part.split("=", 1) for part in signature.split(",")]
            time = next(value for name, value in parts if name == "t")
            expected = mac(time.encode() + b"." + body)
            return any(name == "v1" and hmac.compare_digest(value, expected) for name, value in parts)

        def plain(text):
            return hmac.compare_digest(mac(text), signature)

        def sslcommerz(form):
            pairs = [pair.replace(b"+", b" ").split(b"=", 1) for pair in form.split(b"&")]
            fields = {unquote_to_bytes(name): unquote_to_bytes(value) for name, value in pairs}
            keys = fields[b"verify_key"].split(b",")
            values = {key: fields[key] for key in keys}
            values[b"store_passwd"] = hashlib.md5(secret.encode()).hexdigest().encode()
            text = b"&".join(key + b"=" + values[key] for key in sorted(values)).rstrip(b"&")
            return hashlib.md5(text).hexdigest().encode() == fields[b"verify_sign"]

        def sns(envelope):
            message = json.loads(envelope)
            keys = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
            text = "".join(f"{key}\n{message[key]}\n" for key in keys if key in message).encode()
            version = message["SignatureVersion"]
            prefix, digest = {
                "1": ("3021300906052b0e03021a05000414", hashlib.sha1),
                "2": ("3031300d060960864801650304020105000420", hashlib.sha256),
            }[version]
            modulus = int(secret, 16)
            size = (modulus.bit_length() + 7) // 8
            tail = bytes.fromhex(prefix) + digest(text).digest()
            expected = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
            signature = base64.b64decode(message["Signature"], validate=True)
            # The last letter has bits that mean nothing.
            if base64.b64encode(signature).decode() != message["Signature"]: return False
            return pow(int.from_bytes(signature, "big"), 65537, modulus).to_bytes(size, "big") == expected

        verify = {"stripe": stripe, "hmac": plain, "sslcommerz": sslcommerz, "sns": sns}[scheme]

        def holds(text):
            try:
                return verify(text)
            except Exception:
                return False

        def changed(place):
            copy = bytearray(signed)
            copy[place] ^= 1
            return bytes(copy)

        unnoticed = [place for place in range(len(signed)) if holds(changed(place))]
        print(json.dumps({"valid": holds(signed), "unnoticed": unnoticed}))
        """#
}
