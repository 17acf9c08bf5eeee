/// How the sandbox's own pages look, by day and by night.
enum PageStyle {
    static let css = """
        :root{color-scheme:light dark;--ground:#f5f6fa;--surface:#fff;--ink:#171a2b;--soft:#555b73;--line:#dcdfe8;--field:#767c93;--accent:#3b43c4;--on-accent:#fff;--warn:#7a4b00;--warn-ground:#fff3d6;--bad:#a11d30;--bad-ground:#fdecee;--good:#146c43;--focus:#5a64ff}
        @media(prefers-color-scheme:dark){:root{--ground:#0f1118;--surface:#191c27;--ink:#f1f2f8;--soft:#b3b8cc;--line:#33384a;--field:#8a90a8;--accent:#b3baff;--on-accent:#11131c;--warn:#ffd584;--warn-ground:#352a10;--bad:#ff9aa8;--bad-ground:#3a1820;--good:#6ddba2;--focus:#aeb6ff}}
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.5 system-ui,sans-serif;background:var(--ground);color:var(--ink)}
        header{display:flex;flex-wrap:wrap;gap:.25rem 2rem;align-items:center;padding:.5rem max(1rem,calc(50% - 34rem));background:var(--surface);border-bottom:1px solid var(--line)}
        .brand{display:flex;align-items:center;gap:.6rem;font-weight:700;color:inherit;text-decoration:none;padding:.35rem 0}
        .mark{display:grid;place-items:center;width:1.9rem;height:1.9rem;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font-weight:800}
        nav ul{display:flex;flex-wrap:wrap;gap:0 .25rem;list-style:none;margin:0;padding:0}
        nav a{display:block;padding:.35rem .6rem;border-radius:.4rem;color:inherit;text-decoration:none}
        nav a:hover,.brand:hover{text-decoration:underline}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.5rem;z-index:1}
        main{max-width:70rem;margin:0 auto;padding:1.5rem 1rem 4rem}main:focus{outline:0}
        a{color:var(--accent)}
        h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.01em;margin:.5rem 0;overflow-wrap:anywhere}
        h2{font-size:1.2rem;margin:2.25rem 0 .75rem}h3{font-size:1rem;margin:0 0 .5rem}
        .lede{color:var(--soft);margin:0 0 1rem}.empty{color:var(--soft)}
        .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr))}
        .card,fieldset,.facts,.scroll,.mails,pre{background:var(--surface);border:1px solid var(--line);border-radius:.75rem}
        .card,fieldset{padding:1rem 1.25rem;margin:0}
        .card{display:flex;flex-direction:column;gap:.75rem}.card h3{font-size:1.1rem;margin:0}
        .card>.links{margin:auto 0 0}
        .title{display:flex;justify-content:space-between;align-items:center;gap:.5rem}
        .pill{font-size:.8rem;font-weight:600;border-radius:1rem;padding:.1rem .6rem;border:1px solid var(--line);color:var(--soft);white-space:nowrap}
        .pill.on{background:var(--warn-ground);color:var(--warn);border-color:currentColor}
        .links{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
        dl{margin:0}dl div{display:flex;justify-content:space-between;gap:1rem;padding:.3rem 0}
        dl div+div{border-top:1px solid var(--line)}
        dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        .facts{margin:0 0 1rem;padding:.5rem 1.25rem;max-width:44rem}
        .controls{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));align-items:start}
        .wide{grid-column:1/-1;margin:0}
        legend{font-weight:700;padding:0 .4rem}
        label{display:block;margin:.5rem 0;font-size:.95rem}.pair{display:grid;grid-template-columns:1fr 1fr;gap:0 .75rem}
        .check{display:flex;gap:.6rem;align-items:center}
        input,select,button{font:inherit;padding:.5rem .7rem;border:1px solid var(--field);border-radius:.5rem;max-width:100%;background:var(--surface);color:var(--ink)}
        input[type=checkbox]{width:1.15rem;height:1.15rem;accent-color:var(--accent)}
        label input:not([type=checkbox]),label select{display:block;width:100%;margin-top:.2rem}
        button{background:var(--accent);color:var(--on-accent);border-color:var(--accent);font-weight:600;cursor:pointer}
        button:hover{filter:brightness(1.08)}
        .quiet{background:var(--surface);color:var(--ink);border-color:var(--field);font-weight:400}
        .presets{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 1rem}.presets form{margin:0}
        .presets [aria-pressed=true]{color:var(--good);border-color:currentColor;font-weight:600}.presets [aria-pressed=true].trouble{background:var(--warn-ground);color:var(--warn);border-color:currentColor;font-weight:600}
        summary{cursor:pointer;padding:.2rem 0}details .presets{margin:.5rem 0 0}
        .find{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:1rem 0}.find label{margin:0;flex:1 1 12rem;max-width:24rem}
        :focus-visible{outline:3px solid var(--focus);outline-offset:2px}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-size:.95rem}
        th,td{text-align:left;padding:.55rem .9rem;border-bottom:1px solid var(--line);vertical-align:top}
        tbody tr:last-child>*{border-bottom:0}thead th{color:var(--soft);font-weight:600;white-space:nowrap}
        td{min-width:7rem;overflow-wrap:anywhere}
        .notice{background:var(--warn-ground);color:var(--warn);border-radius:.5rem;padding:.6rem 1rem;margin:0 0 1rem;font-weight:600}
        .notice.bad{background:var(--bad-ground);color:var(--bad)}
        .state{font-size:1.15rem;font-weight:700;color:var(--good)}.state::before{content:"";display:inline-block;width:.7rem;height:.7rem;border-radius:50%;background:currentColor;margin-right:.6rem}
        .way{list-style:none;margin:0;padding:0 0 0 .35rem;max-width:44rem}
        .way li{position:relative;padding:0 0 1.25rem 1.75rem;border-left:2px solid var(--line)}.way li:last-child{border-color:transparent;padding-bottom:0}
        .way li::before{content:"";position:absolute;left:-.5rem;top:.35rem;width:.875rem;height:.875rem;border-radius:50%;background:var(--surface);border:3px solid var(--field)}
        .way li:first-child::before{background:var(--good);border-color:var(--good)}
        .way strong{display:block;overflow-wrap:anywhere}.way span{color:var(--soft);font-size:.9rem}
        .mails{list-style:none;margin:0;padding:0}.mails li+li{border-top:1px solid var(--line)}
        .mails li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.75rem 1.25rem}
        .mails p{margin:0;min-width:0;overflow-wrap:anywhere}.mails p span{display:block;color:var(--soft);font-size:.9rem}.mails time{color:var(--soft);font-size:.9rem}
        .mails .said{white-space:pre-wrap}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:1rem 1.25rem;margin:0}
        iframe{color-scheme:light;width:100%;min-height:24rem;border:1px solid var(--line);border-radius:.75rem;background:#fff}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        """
}
