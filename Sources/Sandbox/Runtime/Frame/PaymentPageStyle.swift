/// How a hosted payment page looks, by day and by night.
enum PaymentPageStyle {
    static func css(accent: String) -> String {
        """
        :root{color-scheme:light dark;--accent:\(accent);--button:\(accent);--on-button:#fff;--link:\(accent);--ground:#eef0f5;--surface:#fff;--ink:#171a2b;--soft:#555b73;--line:#dcdfe8;--field:#767c93;--chosen:\(mixed(accent, white: 0.93));--bad:#a11d30;--bad-ground:#fdecee;--good:#146c43;--wait:#7a4b00;--focus:#5a64ff}
        @media(prefers-color-scheme:dark){:root{--button:\(mixed(accent, white: 0.72));--on-button:#11131c;--link:\(mixed(accent, white: 0.72));--ground:#0f1118;--surface:#191c27;--ink:#f1f2f8;--soft:#b3b8cc;--line:#33384a;--field:#8a90a8;--chosen:#242838;--bad:#ff9aa8;--bad-ground:#3a1820;--good:#6ddba2;--wait:#ffd584;--focus:#aeb6ff}}
        \(rules)
        """
    }

    /// A colour with white in it; `white` is from 0 to 1. What isn't a colour comes back as it is.
    static func mixed(_ color: String, white: Double) -> String {
        guard color.hasPrefix("#"), let number = UInt32(color.dropFirst(), radix: 16) else { return color }
        let channels = [16, 8, 0].map { shift in
            let channel = Double((number >> UInt32(shift)) & 0xff)
            return Int((channel + (255 - channel) * white).rounded())
        }
        return "rgb(\(channels.map(String.init).joined(separator: " ")))"
    }

    private static let rules = """
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:flex;flex-direction:column;font:16px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink)}
        header,main,footer{width:100%;max-width:60rem;margin:0 auto}
        header{display:flex;justify-content:space-between;align-items:center;padding:1.25rem 1rem .75rem}
        .provider{display:flex;align-items:center;gap:.6rem;font-weight:700;font-size:1.1rem;margin:0}
        .mark{display:grid;place-items:center;width:2.1rem;height:2.1rem;border-radius:.55rem;background:var(--accent);color:#fff;font-weight:800}
        .badge{margin:0;font-size:.8rem;font-weight:700;background:#ffd66b;color:#3d2e00;border-radius:1rem;padding:.2rem .8rem}
        main{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);background:var(--surface);border-radius:1rem;overflow:hidden;box-shadow:0 1px 2px #0002,0 12px 40px #0000001f}
        .order{background:var(--accent);color:#fff;padding:2.75rem 2.25rem}
        .payment{padding:2.75rem 2.25rem}.payment.alone{grid-column:1/-1;text-align:center}
        h1{font-size:2.4rem;line-height:1.15;letter-spacing:-.02em;margin:0 0 2rem;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        h1 span{display:block;font-size:1rem;line-height:1.5;letter-spacing:0;font-weight:400;margin-bottom:.25rem}
        h2{font-size:1.15rem;margin:0 0 1.25rem}
        ul{list-style:none;margin:0;padding:0}dl{margin:0}
        li,dl div{display:flex;justify-content:space-between;gap:1.25rem;padding:.75rem 0;border-top:1px solid #ffffff40}
        li span,dd{overflow-wrap:anywhere}li span+span{white-space:nowrap;font-variant-numeric:tabular-nums}
        small{display:block;font-size:.85rem;font-weight:400}
        dl div{padding:.5rem 0;font-size:.95rem}dd{margin:0;text-align:right}ul+dl div:last-child{font-weight:700}
        form{margin:0}
        label,legend{display:block;font-weight:600;font-size:.9rem;margin:0 0 .35rem;padding:0}
        fieldset{border:0;padding:0;margin:0 0 1.25rem;min-width:0}
        input:not([type=radio]):not([type=hidden]),select{font:inherit;width:100%;padding:.7rem .8rem;margin:0 0 1.1rem;border:1px solid var(--field);border-radius:.6rem;background:var(--surface);color:inherit}
        .choice{display:flex;align-items:center;gap:.8rem;border:1px solid var(--field);padding:.8rem;font-size:1rem;margin:-1px 0 0;cursor:pointer}
        .choice:first-of-type{border-radius:.6rem .6rem 0 0}.choice:last-of-type{border-radius:0 0 .6rem .6rem}
        .choice small{color:var(--soft)}.choice:has(:checked){background:var(--chosen)}
        [type=radio]{width:1.1rem;height:1.1rem;margin:0;flex:none;accent-color:var(--link)}
        .card>div{display:grid;grid-template-columns:1fr 1fr;gap:0 .8rem}.card p{margin:0}
        form:has([value=bank_debit]:checked) .card{display:none}
        .button{display:block;width:100%;font:inherit;font-weight:700;font-size:1.05rem;text-align:center;text-decoration:none;padding:.9rem 1rem;border:1px solid transparent;border-radius:.6rem;background:var(--button);color:var(--on-button);cursor:pointer}
        .button:hover{filter:brightness(1.1)}
        .quiet{background:transparent;color:var(--ink);border-color:var(--field);font-weight:500;font-size:1rem;padding:.65rem 1rem;margin-top:.6rem}
        .others{margin:2rem 0 0;padding:1.1rem 1.25rem 1.25rem;border:1px dashed var(--field);border-radius:.75rem}
        .others h2{font-size:.9rem;color:var(--soft);margin:0 0 .75rem}.others h2+.button,.others select+.button{margin-top:0}.others select{margin-bottom:.6rem}
        .cancel{text-align:center;margin-top:1.25rem}
        .link{font:inherit;background:none;border:0;border-radius:.3rem;padding:.5rem .75rem;color:var(--link);text-decoration:underline;cursor:pointer}
        .declined{background:var(--bad-ground);border-left:4px solid var(--bad);border-radius:.3rem;color:var(--bad);padding:.75rem 1rem;margin:0 0 1.5rem}
        .outcome{text-align:center;padding:1.5rem 0}.outcome h1,.outcome h2{font-size:1.4rem;margin:0 0 .35rem}.outcome p{color:var(--soft);margin:0}
        .outcome svg{width:4rem;height:4rem;margin-bottom:.75rem;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
        .success svg{color:var(--good)}.failure svg{color:var(--bad)}.waiting svg{color:var(--wait)}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px}.choice:has(:focus-visible){outline:3px solid var(--focus);outline-offset:2px;z-index:1}.choice :focus-visible{outline:0}
        footer{padding:1rem;font-size:.85rem;color:var(--soft);text-align:center}footer p{margin:0}
        @media(max-width:44rem){header{padding:.75rem 1.25rem}main{display:block;border-radius:0;box-shadow:none;flex:1}.order,.payment{padding:1.5rem 1.25rem}h1{font-size:2rem;margin-bottom:1rem}li{padding:.5rem 0}dl div{padding:.35rem 0}}
        """
}
