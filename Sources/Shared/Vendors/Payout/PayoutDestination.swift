package import Core
package import Registrations

/// Over which rails money goes to an account.
package enum PayoutKind: String, Hashable, Sendable, CaseIterable {
    case bankIndia = "bank_in"
    case bankBangladesh = "bank_bd"
    case upi
    case wallet

    package var market: Market {
        switch self {
        case .bankIndia, .upi: .india
        case .bankBangladesh, .wallet: .bangladesh
        }
    }
}

/// Where money goes, in the clear.
package enum PayoutDestination: Hashable, Sendable {
    case bankIndia(BankAccountNumber, IFSC)
    case bankBangladesh(BankAccountNumber, RoutingNumber)
    case upi(UPIAddress)
    case wallet(MobileWallet)

    package var kind: PayoutKind {
        switch self {
        case .bankIndia: .bankIndia
        case .bankBangladesh: .bankBangladesh
        case .upi: .upi
        case .wallet: .wallet
        }
    }

    /// By which its owner knows it again.
    package var lastFour: String {
        switch self {
        case .bankIndia(let account, _), .bankBangladesh(let account, _): String(account.text.suffix(4))
        // The handle of a bank tells nothing about whose it is.
        case .upi(let address): String(address.text.prefix { $0 != "@" }.suffix(4))
        case .wallet(let wallet): String(wallet.phone.rawValue.suffix(4))
        }
    }

    /// What is sealed.
    var plaintext: [UInt8] {
        let members: [UTF8Text: JSONValue] =
            switch self {
            case .bankIndia(let account, let code):
                ["account": .string(account.text), "ifsc": .string(code.text)]
            case .bankBangladesh(let account, let code):
                ["account": .string(account.text), "routing_number": .string(code.text)]
            case .upi(let address): ["address": .string(address.text)]
            case .wallet(let wallet):
                ["provider": .string(wallet.provider.rawValue), "phone": .string(wallet.phone.rawValue)]
            }
        return JSONValue.object(members).canonicalBytes
    }

    /// nil for what `plaintext` did not write.
    init?(_ kind: PayoutKind, plaintext: [UInt8]) {
        guard let json = try? JSONValue(parsing: plaintext) else { return nil }
        func text(_ name: UTF8Text) -> String { json[name]?.textValue?.string ?? "" }
        do throws(IdentifierFault) {
            switch kind {
            case .bankIndia:
                self = .bankIndia(try BankAccountNumber(text("account"), in: .india), try IFSC(text("ifsc")))
            case .bankBangladesh:
                self = .bankBangladesh(
                    try BankAccountNumber(text("account"), in: .bangladesh), try RoutingNumber(text("routing_number")))
            case .upi: self = .upi(try UPIAddress(text("address")))
            case .wallet:
                guard let provider = MobileWallet.Provider(rawValue: text("provider")) else { return nil }
                self = .wallet(try MobileWallet(provider, text("phone")))
            }
        } catch {
            return nil
        }
    }
}

/// A destination as a vendor has entered it.
package struct NewPayoutAccount: Sendable {
    /// What the name of an account's holder must be like; gateways take no longer one.
    package static let holderName = TextRule(3...60, .line)
    /// What numbers, codes and addresses are typed like.
    package static let number = TextRule(1...100, .line)

    package let kind: PayoutKind
    package let holderName: String
    package let accountNumber: Secret?
    package let ifsc: String?
    package let routingNumber: String?
    package let upiAddress: Secret?
    package let walletProvider: MobileWallet.Provider?
    package let phone: Secret?

    package init(
        kind: PayoutKind, holderName: String, accountNumber: Secret? = nil, ifsc: String? = nil,
        routingNumber: String? = nil, upiAddress: Secret? = nil, walletProvider: MobileWallet.Provider? = nil,
        phone: Secret? = nil
    ) {
        self.kind = kind
        self.holderName = holderName
        self.accountNumber = accountNumber
        self.ifsc = ifsc
        self.routingNumber = routingNumber
        self.upiAddress = upiAddress
        self.walletProvider = walletProvider
        self.phone = phone
    }

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func checked(in market: Market) throws(Problem) -> PayoutDestination {
        var check = InputCheck()
        check.text("/holder_name", holderName, Self.holderName)
        if kind.market != market { check.fail("/kind", "other_country", "is of another country than the vendor") }
        let destination: PayoutDestination? =
            switch kind {
            case .bankIndia:
                Self.both(
                    check.number("/account_number", accountNumber) { text throws(IdentifierFault) in
                        try BankAccountNumber(text, in: .india)
                    }, check.number("/ifsc", ifsc.map(Secret.init)) { text throws(IdentifierFault) in try IFSC(text) }
                ).map { .bankIndia($0, $1) }
            case .bankBangladesh:
                Self.both(
                    check.number("/account_number", accountNumber) { text throws(IdentifierFault) in
                        try BankAccountNumber(text, in: .bangladesh)
                    },
                    check.number("/routing_number", routingNumber.map(Secret.init)) { text throws(IdentifierFault) in
                        try RoutingNumber(text)
                    }
                ).map { .bankBangladesh($0, $1) }
            case .upi:
                check.number("/upi_address", upiAddress) { text throws(IdentifierFault) in try UPIAddress(text) }
                    .map { .upi($0) }
            case .wallet: wallet(&check)
            }
        try check.finish()
        guard let destination else { throw .invalidInput([]) }
        return destination
    }

    private func wallet(_ check: inout InputCheck) -> PayoutDestination? {
        let provider = walletProvider
        if provider == nil { check.fail("/wallet_provider", "required", "is required for a wallet") }
        return check.number("/phone", phone) { text throws(IdentifierFault) in
            try MobileWallet(provider ?? .bKash, text)
        }.flatMap { provider == nil ? nil : .wallet($0) }
    }

    private static func both<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
        guard let first, let second else { return nil }
        return (first, second)
    }
}

extension InputCheck {
    /// Requires a number that can be read; nil after a failure.
    fileprivate mutating func number<Value>(
        _ pointer: String, _ text: Secret?, _ read: (String) throws(IdentifierFault) -> Value
    ) -> Value? {
        guard let text else {
            fail(pointer, "required", "is required for this kind of account")
            return nil
        }
        do throws(IdentifierFault) {
            return try read(text.reveal())
        } catch {
            fail(pointer, error.violation)
            return nil
        }
    }
}
