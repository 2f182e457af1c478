"""Axe before a page of ours: every rule on every page, and the contrast of every look of a text once, by day and by night.

Two thirds of axe's time went into the contrast of texts that look like texts it had passed already, on this page or another. A
text's look is all that contrast hangs on: its colour and font, and the grounds on which it stands. What axe has not passed in
just this look, it is shown.
"""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page

RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR: Final = ["color-contrast", "link-in-text-block"]
_passed: set[str] = set()
"""Looks whose contrast axe has passed in this process."""

_TEXTS = """
  const texts = () => {
    const chains = new Map();
    const ground = one => {
      const style = getComputedStyle(one), placed = !['static', 'relative'].includes(style.position);
      const plain = style.backgroundColor === 'rgba(0, 0, 0, 0)' && style.backgroundImage === 'none'
        && style.opacity === '1' && style.filter === 'none' && style.mixBlendMode === 'normal' && !placed;
      return plain ? '' : ['<', style.backgroundColor, style.backgroundImage, style.opacity, style.filter,
        style.mixBlendMode, placed ? one.tagName + '.' + one.className : ''].join(' ');
    };
    const chain = one => {
      if (!one) return '';
      if (!chains.has(one)) chains.set(one, ground(one) + chain(one.parentElement));
      return chains.get(one);
    };
    return [...document.body.querySelectorAll('*')]
      .filter(one => one.matches('input, select, textarea')
        || [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
      .filter(one => {  // what nobody sees has no contrast
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && box.right > 0 && one.checkVisibility({visibilityProperty: true});
      })
      .map(one => {
        const style = getComputedStyle(one);
        return [one, [style.color, style.fontSize, style.fontWeight, style.textShadow, style.textDecorationLine,
          getComputedStyle(one.parentElement).color, chain(one)].join(' ')];
      });
  };
  const root = document.documentElement, worn = root.className;
  const night = root.classList.contains('dark')
    || !root.classList.contains('light') && matchMedia('(prefers-color-scheme: dark)').matches;
  const wear = other => {
    if (other) {
      root.classList.remove('light', 'dark');
      root.classList.add(night ? 'light' : 'dark');
    }
  };
"""
_READ = f"""async options => {{
  if (!window.axe) return null;
  {_TEXTS}
  const found = (await axe.run(options)).violations, looks = [];
  for (const other of [false, true]) {{
    wear(other);
    looks.push([...new Set(texts().map(([, look]) => look))]);
    root.className = worn;
  }}
  return [found, looks];
}}"""
"""What breaks a rule other than of contrast; the looks of the page's texts as it stands, and in the other theme."""
_CONTRAST = f"""async ([other, asked, options]) => {{
  {_TEXTS}
  wear(other);
  const wanted = new Set(asked), held = new Map(texts().filter(([, look]) => wanted.has(look)));
  const result = await axe.run({{include: [...held.keys()]}}, options);
  const passed = result.passes.filter(one => one.id === 'color-contrast').flatMap(one => one.nodes);
  root.className = worn;
  return [result.violations.map(one => ({{id: one.id, nodes: one.nodes.map(node =>
    ({{target: node.target, failureSummary: node.failureSummary}}))}})), passed.map(node => held.get(node.element))];
}}"""
"""What axe finds at the texts with these looks in this theme, and the looks that it passed."""


def violations(page: "Page") -> list[str]:
    """What axe finds on the page, by day and by night, one line each."""
    page.wait_for_load_state()
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    options["rules"] = {"color-contrast": {"enabled": False}}
    read = page.evaluate(_READ, options)
    if read is None:
        from axe_playwright_python.base import AXE_SCRIPT

        page.add_init_script(AXE_SCRIPT)  # for the pages that this tab opens later
        page.evaluate(AXE_SCRIPT)
        read = page.evaluate(_READ, options)
    found, looks = read
    for other, worn in enumerate(looks):
        if unseen := [one for one in worn if one not in _passed]:
            options = {"runOnly": BY_COLOUR, "resultTypes": ["violations", "passes"], "elementRef": True}
            wrong, passed = page.evaluate(_CONTRAST, [bool(other), unseen, options])
            found += wrong
            _passed.update([] if wrong else filter(None, passed))
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]
