import Core
import Foundation
import HTTPTypes
import Identity
import Testing

@testable import Endpoints

@Suite("Session cookies and second factors")
struct SessionCookieTests {
    @Test("A cookie is found among others, and one that is there twice is none")
    func grammar() {
        let find = { (header: UTF8Text) in CookieGrammar.value(of: "__Host-haat_session", in: header)?.string }
        #expect(find("__Host-haat_session=hs_1") == "hs_1")
        #expect(find("a=b; __Host-haat_session=hs_1; c=d") == "hs_1")
        #expect(find("a=b;__Host-haat_session=hs_1") == "hs_1")
        for none: UTF8Text in [
            "", "a=b", "__Host-haat_session", "__Host-haat_session=", "__Host-haat_session2=x",
            "x__Host-haat_session=x",
            "__Host-haat_session=a; __Host-haat_session=b", "__host-haat_session=a",
        ] {
            #expect(find(none) == nil, "\(none)")
        }
        #expect(find(UTF8Text("__Host-haat_session=" + String(repeating: "x", count: 129))) == nil)
    }

    @Test("Cookies are bound to this host, over TLS, out of reach of scripts and of other sites' forms")
    func written() {
        #expect(
            SetCookie.keeping(.session, Secret("hs_1"), for: .seconds(60)).text
                == "__Host-haat_session=hs_1; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax")
        #expect(
            SetCookie.removing(.device).text
                == "__Host-haat_device=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
    }

    private func principal(_ secondFactor: SignedIn.SecondFactor) -> Principal {
        Principal(SignedIn(session: ID(uuid: UUID()), account: ID(uuid: UUID()), secondFactor: secondFactor))
    }

    @Test("A policy lets in who has signed in, and only to show a second factor while that is awaited")
    func audiences() {
        let now = Date()
        let key = Principal(.apiKey(ID(uuid: UUID())), permissions: Set(Permission.allCases), visibility: .everything)
        for (principal, session, account, orders) in [
            (principal(.none), true, true, true), (principal(.awaited), true, false, false),
            (principal(.shown(at: now)), true, true, true), (key, false, false, true),
            (.nobody(network: ""), false, false, false),
        ] {
            #expect(Policy.session().admits(principal) == session)
            #expect(Policy.account().admits(principal) == account)
            #expect(Policy.require(.ordersRead, on: .order).admits(principal) == orders)
        }
    }

    @Test("A fresh second factor is asked of everybody, or of those whose account has one; an API key never has it")
    func fresh() {
        let key = Principal(.apiKey(ID(uuid: UUID())), permissions: Set(Permission.allCases), visibility: .everything)
        let always = Policy.require(.refundsCreate).freshSecondFactor
        let enrolled = Policy.account().freshSecondFactorIfEnrolled
        #expect(always.asksForFreshSecondFactor(of: key) && key.secondFactorAt == nil)
        #expect(always.asksForFreshSecondFactor(of: principal(.none)))
        #expect(!enrolled.asksForFreshSecondFactor(of: principal(.none)))
        #expect(enrolled.asksForFreshSecondFactor(of: principal(.shown(at: Date()))))
        #expect(!Policy.account().asksForFreshSecondFactor(of: principal(.shown(at: Date()))))
    }
}
