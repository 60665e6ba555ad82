"""Draws the main figures as bars, as SVG."""

from xml.sax.saxutils import escape

_LABEL = 210
_BAR = 250
_NUMBER = 90
_ROW = 22
_PANEL = _LABEL + _BAR + _NUMBER
_OURS, _PEER = "#1f6feb", "#9aa4ae"


def svg(panels, ours):
    """`panels`: (title, [(subject, label, value)]), two beside each other; less is better in all."""
    height_of = max(len(rows) for _, rows in panels) * _ROW + 56
    lines = (len(panels) + 1) // 2
    body = "".join(
        f'<g transform="translate({20 + index % 2 * (_PANEL + 30)},{index // 2 * height_of + 10})">'
        f"{_panel(title, rows, ours)}</g>"
        for index, (title, rows) in enumerate(panels))
    width, height = 2 * _PANEL + 70, lines * height_of + 10
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'font-family="sans-serif" font-size="13">'
            f'<rect width="{width}" height="{height}" fill="white"/>{body}</svg>\n')


def _panel(title, rows, ours):
    largest = max(value for _, _, value in rows)
    parts = [f'<text x="0" y="18" font-size="15" font-weight="bold">{escape(title)}</text>']
    for index, (subject, label, value) in enumerate(rows):
        top = 30 + index * _ROW
        length = max(1.0, _BAR * value / largest) if largest else 1.0
        color = _OURS if subject in ours else _PEER
        parts.append(
            f'<text x="{_LABEL - 8}" y="{top + 14}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{_LABEL}" y="{top + 2}" width="{length:.1f}" height="{_ROW - 6}" fill="{color}"/>'
            f'<text x="{_LABEL + length + 6:.1f}" y="{top + 14}">{_short(value)}</text>')
    return "".join(parts)


def _short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
