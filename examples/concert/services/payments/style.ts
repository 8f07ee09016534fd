/** The look of the bank's pages: one sheet, no fonts or pictures from elsewhere. */
export const bankStyle = `
:root{--ink:#16202c;--soft:#5b6877;--line:#d5dce5;--ground:#eef2f7;--card:#fff;--brand:#0b4a7d;--good:#17693b;--bad:#a3232b;--focus:#f2a600}
@media (prefers-color-scheme:dark){:root{--ink:#e9eef5;--soft:#a7b4c3;--line:#38485a;--ground:#101820;--card:#1a2530;--brand:#5fb0ee;--good:#64c98d;--bad:#ff8f95}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{display:flex;align-items:center;gap:.6rem;max-width:27rem;margin:0 auto;padding:1.25rem 1rem .75rem;font-weight:650;letter-spacing:.01em}
header svg{width:1.75rem;height:1.75rem;color:var(--brand)}
header small{margin-left:auto;color:var(--soft);font-weight:400}
main{max-width:27rem;margin:0 auto 2rem;padding:1.5rem 1.25rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem;box-shadow:0 10px 30px #0b1b2b14}
@media (max-width:28rem){main{border-radius:0;border-left:0;border-right:0}}
h1{margin:0 0 .35rem;font-size:1.35rem;line-height:1.25}
p{margin:.35rem 0 1rem}
.soft{color:var(--soft)}
.sum{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;margin:0 0 1.25rem;padding:.8rem 1rem;border:1px solid var(--line);border-radius:.6rem}
.sum strong{font-size:1.3rem;font-variant-numeric:tabular-nums}
ol.steps{display:flex;gap:.4rem;margin:0 0 1.25rem;padding:0;list-style:none;font-size:.85rem;color:var(--soft)}
ol.steps li{flex:1;padding-top:.45rem;border-top:3px solid var(--line)}
ol.steps li.done,ol.steps li[aria-current]{border-color:var(--brand)}
ol.steps li[aria-current]{color:var(--ink);font-weight:600}
label{display:block;font-weight:600;font-size:.92rem}
.field{margin:0 0 1rem}
.row{display:grid;grid-template-columns:1fr 1fr;gap:.9rem}
input{width:100%;margin-top:.25rem;padding:.7rem .8rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:.5rem}
input.code{font-size:1.6rem;letter-spacing:.35em;text-align:center;font-variant-numeric:tabular-nums}
input[aria-invalid]{border-color:var(--bad);border-width:2px}
.error{margin:.3rem 0 0;color:var(--bad);font-size:.9rem}
button,a.button{display:block;width:100%;padding:.85rem 1rem;font:inherit;font-weight:650;text-align:center;text-decoration:none;color:#fff;background:#0b4a7d;border:0;border-radius:.5rem;cursor:pointer}
button:hover,a.button:hover{background:#083a63}
button.plain{margin-top:.6rem;color:var(--brand);background:transparent;border:1px solid var(--line)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.note{padding:.75rem 1rem;border-left:4px solid var(--brand);background:var(--ground);border-radius:0 .5rem .5rem 0}
.note.bad{border-color:var(--bad)}
.note.good{border-color:var(--good)}
.mark{width:3.5rem;height:3.5rem;margin:0 0 .75rem}
.mark.good{color:var(--good)}.mark.bad{color:var(--bad)}.mark.wait{color:var(--brand)}
details{margin-top:1.25rem;font-size:.9rem;color:var(--soft)}
summary{cursor:pointer}
code{font-size:.95em}
.spin{animation:turn 1.2s linear infinite;transform-origin:center}
@keyframes turn{to{transform:rotate(360deg)}}
@media (prefers-reduced-motion:reduce){.spin{animation:none}}
`;
