"""Colours and the one style sheet. Contrast of every pair on its tint is at least 6 to 1."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#212B32"
MUTED = "#4C6272"
LINE = "#D8DDE0"
PALE = "#F0F4F5"
BLUE = "#005EB8"
NAVY = "#003087"
ORANGE = "#B35A00"
GREY_LINE = "#768692"


@dataclass(frozen=True)
class Tone:
    """Text and background of one kind of status."""

    ink: str
    tint: str


TONES = {
    "good": Tone("#00401E", "#CCE5D8"),
    "bad": Tone("#6B140E", "#F7D4D1"),
    "open": Tone("#212B32", "#F0F4F5"),
    "warn": Tone("#523700", "#FFEDBF"),
    "note": Tone("#003087", "#DCE9F7"),
    "quiet": Tone("#4C6272", "#FFFFFF"),
}

_TONE_RULES = "".join(
    f".cics-{name}{{color:{tone.ink};background:{tone.tint};}}" for name, tone in TONES.items()
)

STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{max-width:1240px; padding-top:3.2rem;}}
.cics-headline p {{font-size:1.22rem; line-height:1.45; margin:0 0 .35rem; max-width:62rem;
  color:{INK};}}
.cics-headline p:first-child {{font-weight:600;}}
ul.cics-stamp, ul.cics-counts {{margin:0 !important; padding:0 !important; list-style:none;
  display:flex; flex-wrap:wrap;}}
ul.cics-stamp li, ul.cics-counts li {{margin:0 !important; padding:0; font-size:inherit;}}
ul.cics-stamp {{color:{MUTED}; font-size:.95rem; gap:.15rem 0;}}
.cics-stamp li:not(:last-child)::after {{content:"·"; margin:0 .55rem;}}
.cics-stamp .cics-stale {{font-weight:700; color:{INK};}}
.cics-footer {{color:{MUTED}; font-size:.92rem; border-top:1px solid {LINE}; padding-top:.8rem;}}
.cics-sub {{color:{MUTED}; margin:0;}}
.cics-reading {{margin:.1rem 0 0;}}
.cics-brand {{font-weight:700; color:{NAVY}; font-size:1.05rem; line-height:1.3;}}
.cics-brand span {{display:block; font-weight:400; color:{MUTED}; font-size:.9rem;
  margin-top:.25rem;}}
.cics-scroll {{overflow-x:auto; max-width:100%;}}
.cics-scroll:focus-visible {{outline:3px solid {BLUE}; outline-offset:2px;}}
table.cics {{border-collapse:collapse; width:100%; font-size:.98rem; color:{INK};
  font-variant-numeric:tabular-nums;}}
table.cics caption {{text-align:left; color:{MUTED}; padding:0 0 .5rem; font-size:.95rem;}}
table.cics th, table.cics td {{padding:.5rem .7rem; border:0; border-bottom:1px solid {LINE};
  text-align:left; vertical-align:middle;}}
table.cics thead th {{border-bottom:2px solid {NAVY}; color:{NAVY}; font-weight:600;
  vertical-align:bottom;}}
table.cics tbody th {{font-weight:400;}}
table.cics .num {{text-align:right; white-space:nowrap;}}
table.cics.snug th, table.cics.snug td {{padding:.5rem .35rem;}}
table.cics.snug .num {{white-space:normal;}}
table.cics.snug tbody th {{white-space:nowrap;}}
table.cics tr.group th, table.cics tr.group td {{background:{PALE};}}
table.cics tr.group th {{font-weight:700;}}
table.cics tr.child th {{padding-left:1.5rem;}}
table.cics th a {{color:{BLUE}; text-decoration:underline; text-underline-offset:2px;
  display:inline-block; min-height:24px; line-height:24px;}}
table.cics th small {{display:block; color:{MUTED}; font-weight:400; font-size:.88rem;}}
table.cics a:focus-visible {{outline:3px solid {BLUE}; outline-offset:2px; border-radius:2px;}}
table.cics.calendar {{font-size:.9rem;}}
table.cics.calendar td {{padding:.2rem .12rem; min-width:3.5rem; text-align:center;}}
table.cics.calendar thead th {{padding:.3rem .12rem; text-align:center;}}
table.cics.calendar th:first-child {{position:sticky; left:0; background:#fff; text-align:left;
  min-width:9.5rem; padding-right:.6rem; z-index:1; font-weight:600;}}
table.cics.calendar tr.group th:first-child {{background:{PALE};}}
table.cics.calendar .cics-chip {{display:flex; flex-direction:column; justify-content:center;
  padding:.2rem .1rem; font-weight:600; font-size:.82rem; line-height:1.2; white-space:normal;
  min-height:3.1rem;}}
table.cics.calendar .cics-chip .mark {{margin:0; font-size:.95rem;}}
table.cics.calendar .cics-chip small {{font-weight:400; font-size:.78rem;}}
.cics-back a {{color:{BLUE};}}
.cics-chip {{display:inline-block; border-radius:4px; padding:.12rem .55rem; font-weight:700;
  white-space:nowrap;}}
.cics-chip .mark {{margin-right:.3rem;}}
.cics-quiet {{font-weight:400 !important; padding-left:0 !important;}}
{_TONE_RULES}
.cics-open {{border:1px solid {GREY_LINE};}}
.cics-chip.cics-open {{padding-left:1rem; background:repeating-linear-gradient(135deg,
  {GREY_LINE} 0 2px, #fff 2px 5px) left/7px 100% no-repeat, {PALE};}}
.cics-cell {{display:flex; flex-wrap:wrap; align-items:baseline; gap:.25rem .8rem;}}
.cics-cell .chip-slot {{flex:0 0 auto; min-width:6.4rem;}}
.cics-cell .value {{font-size:1.2rem; font-weight:700; flex:0 0 auto;}}
.cics-cell .value.words {{font-size:.98rem; font-weight:600;}}
.cics-cell .count {{color:{MUTED}; flex:0 1 auto;}}
.cics-cell .notes {{flex:0 1 auto; color:{INK}; font-size:.95rem;}}
.cics-bar {{position:relative; display:inline-block; height:8px; background:#DDE3E6;
  border-radius:2px; flex:1 1 100%; max-width:24rem; margin:.1rem 0 .25rem;}}
.cics-bar .fill {{position:absolute; left:0; top:0; bottom:0; background:#3E86CB;
  border-radius:2px;}}
.cics-bar .tick {{position:absolute; top:-5px; bottom:-5px; width:3px; background:{INK};}}
.cics-strip {{white-space:nowrap;}}
.cics-strip .dot {{display:inline-block; width:1.45rem; height:1.45rem; line-height:1.45rem;
  text-align:center; font-size:.85rem; font-weight:700; border-radius:3px; margin-right:2px;
  padding:0 !important; border-width:0;}}
.cics-strip .cics-open {{border:1px solid {GREY_LINE}; line-height:1.3rem;}}
.cics-strip .cics-quiet {{border:1px dashed {GREY_LINE}; line-height:1.3rem;}}
dl.cics-facts {{display:flex; flex-wrap:wrap; gap:.8rem 2.6rem; margin:.2rem 0 .4rem !important;
  padding:0 !important;}}
.cics-facts div {{min-width:7.5rem;}}
.cics-facts dt {{color:{MUTED}; font-size:.92rem; margin:0 0 .15rem; font-weight:400;}}
.cics-facts dd {{margin:0 !important; font-size:1.25rem; font-weight:700;}}
.cics-facts dd small {{display:block; font-weight:400; font-size:.92rem; color:{MUTED};}}
.cics-facts .cics-chip {{font-size:1.1rem;}}
ul.cics-counts {{gap:.4rem 1.3rem; font-size:1.02rem; align-items:center;}}
.cics-counts .cics-chip {{margin-right:.35rem;}}
.cics-hidden {{position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%);
  white-space:nowrap;}}
dl.cics-define {{margin:0 !important; padding:0 !important; display:grid; gap:.7rem 1.6rem;
  grid-template-columns:minmax(9rem, 14rem) 1fr;}}
.cics-define dt {{font-weight:600; margin:0;}}
.cics-define dd {{margin:0 !important; max-width:52rem;}}
@media (max-width:640px) {{
  .cics-headline p {{font-size:1.1rem;}}
  .cics-cell .chip-slot {{min-width:0;}}
  .cics-bar {{max-width:none;}}
  dl.cics-define {{grid-template-columns:1fr; gap:.15rem;}}
  .cics-define dd {{margin-bottom:.6rem !important;}}
  table.cics {{font-size:.9rem;}}
  table.cics.matrix {{table-layout:fixed;}}
  table.cics.matrix th:first-child {{width:44%;}}
  table.cics th {{overflow-wrap:anywhere;}}
  table.cics th, table.cics td {{padding:.4rem .25rem;}}
  table.cics tr.child th {{padding-left:.5rem;}}
  .cics-cell {{gap:.2rem .5rem;}}
  .cics-cell .chip-slot {{min-width:0;}}
  [data-testid="stMainBlockContainer"] {{padding-left:.75rem; padding-right:.75rem;}}
  [class*="st-key-card-"] {{padding:.7rem !important;}}
  table.cics.wide-only-last tr > :last-child {{display:none;}}
}}
@media (forced-colors:active) {{
  .cics-chip, .cics-strip .dot {{border:1px solid CanvasText;}}
}}
</style>"""
