"""Pages. The only room that sees a request: it parses, asks the domain, and renders."""
