"""Fifty ways in which text has become markup or script elsewhere. None may do anything here.

Each would set `window.broken`, ask a dialog, or leave an element behind. They are of the kinds that
OWASP's cheat sheet on filter evasion tells of; the wording is our own.
"""

from __future__ import annotations

_MARKUP = (
    "<script>{}</script>",
    "<SCRIPT>{}</SCRIPT >",
    "<script >{}</script >",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "</script><script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</style><script>{}</script>",
    "--><script>{}</script><!--",
    "]]><script>{}</script>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "<img src=x onerror={}>",
    '<img src="x" onerror="{}">',
    "<img/src/onerror={}>",
    "<img src=x:x onerror={} alt=`>",
    "<image href=x onerror={}>",
    "<svg onload={}>",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s></svg>",
    "<svg><a><text>click</text></a><set onbegin={}></svg>",
    "<math><mtext></mtext><img src=x onerror={}></math>",
    "<body onload={}>",
    "<body onpageshow={}>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<iframe onload={}></iframe>",
    "<object data=x onerror={}></object>",
    "<embed src=x onload={}>",
    "<video><source onerror={}></video>",
    "<video src=1 onerror={}></video>",
    "<audio src=x onerror={}>",
    "<details open ontoggle={}>x</details>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}></select>",
    "<textarea autofocus onfocus={}></textarea>",
    "<button autofocus onfocus={}>x</button>",
    "<marquee onstart={}>x</marquee>",
    "<p style='animation:x' onanimationstart={}>x</p>",
    "<div onpointerover={} style=position:fixed;inset:0>x</div>",
    "<form><button formaction=x onclick={}>x</button></form>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<base target=_blank><img src=x onerror={}>",
    "<dialog open onclose={}>x</dialog>",
    "&lt;script&gt;{}&lt;/script&gt;",
    "<b onmouseover={}>bold</b>",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "`-{}-`",
)

PAYLOADS = tuple(
    kind.format("window.broken=1" if number % 2 else "alert(1)")
    for number, kind in enumerate(_MARKUP)
)
