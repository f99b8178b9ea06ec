"""Reads pages as a browser does, for tests that look for what should not be there."""

from html.parser import HTMLParser

OWN = {"a", "bdi", "body", "br", "button", "caption", "circle", "code", "dd", "details", "div",
       "dl", "dt", "figcaption", "figure", "footer", "form", "g", "h1", "h2", "h3", "h4", "h5",
       "head", "header", "html", "i", "img", "input", "label", "li", "line", "main", "meta", "nav",
       "ol", "option", "p", "polyline", "pre", "rect", "script", "section", "select", "small",
       "span", "strong", "style", "summary", "svg", "table", "tbody", "td", "text", "th", "thead",
       "title", "tr", "ul"}  # fmt: skip


class Page(HTMLParser):
    """A page's elements, and its text without styles and scripts."""

    def __init__(self, content):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.pieces = []
        self._raw = None
        self.comments = []
        self.feed(content)
        self.close()

    @property
    def text(self):
        return "".join(self.pieces)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def handle_starttag(self, tag, attrs):
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        self._raw = tag if tag in ("script", "style") else None

    def handle_endtag(self, tag):
        self._raw = None

    def handle_data(self, data):
        if self._raw is None:
            self.pieces.append(data)

    def handle_comment(self, data):
        self.comments.append(data)

    def refuse_foreign(self, *, scripts):
        """Nothing but the elements, attributes and addresses of our own templates."""
        assert not self.comments
        assert len(self.all("script")) == scripts
        assert len(self.all("style")) == 1
        (policy,) = [m["content"] for m in self.all("meta") if "http-equiv" in m]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert ("script-src" in policy) is bool(scripts)
        for tag, attributes in self.elements:
            assert tag in OWN, tag
            assert not [n for n in attributes if n.startswith("on") or n == "style"], attributes
            for name in ("href", "src"):
                address = attributes.get(name) or ""
                parts = ("#", "data:image/", "../index.html", "../../student-", "submissions/")
                own = address.startswith(parts) or address.startswith("student-")
                assert not address or own, address
