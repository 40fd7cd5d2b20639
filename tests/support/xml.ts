/** What is not well-formed in XML as Office writes it (no DTD, no CDATA), in words; null when it is fine. */
export function xmlProblem(xml: string): string | null {
  for (const char of xml) {
    const code = char.codePointAt(0) ?? 0;
    const legal =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000;
    if (!legal) return `character ${code.toString(16)}`;
  }
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  const token = /<\?xml [^?]*\?>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|[^<]+/uy;
  while (at < xml.length) {
    token.lastIndex = at;
    const match = token.exec(xml);
    if (!match) return `at ${at}: ${xml.slice(at, at + 40)}`;
    at = token.lastIndex;
    const [whole, closing, name, attributes = '', empty] = match;
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/u.test(name === undefined ? whole : attributes))
      return `bare & at ${at}`;
    if (name === undefined) {
      if (open.length === 0 && !whole.startsWith('<?') && whole.trim() !== '')
        return `text outside: ${whole}`;
      continue;
    }
    const names = [...attributes.matchAll(/\s([\w:.-]+)="[^"]*"/gu)].map((m) => m[1]);
    if (new Set(names).size !== names.length) return `an attribute twice in ${whole}`;
    if (closing === '/') {
      if (open.pop() !== name) return `unexpected </${name}>`;
    } else {
      if (open.length === 0) roots += 1;
      if (empty !== '/') open.push(name);
    }
  }
  if (open.length > 0) return `open: ${open.join(' ')}`;
  return roots === 1 ? null : `${roots} roots`;
}
