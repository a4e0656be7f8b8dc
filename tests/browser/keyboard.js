/* Where the focus is, and whether it is seen: read into each page by keyboard.py, which asks at every stop. */
(() => {
  const DRAWING = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow"];
  const ONE_LINE = 24; // pixels
  let last = null;

  /* What may draw the focus of an element: itself, its label (the DSFR draws boxes there), what encloses it. */
  function drawers(element) {
    return [element, ...(element.labels ?? []), element.parentElement]
      .filter(Boolean)
      .flatMap((drawer) => [null, "::before", "::after"].map((ornament) => getComputedStyle(drawer, ornament)));
  }

  function look(element) {
    return drawers(element).map((style) => DRAWING.map((name) => style[name]).join(" ")).join("\n");
  }

  function isDrawn(element) {
    return drawers(element).some((style) => {
      const isClear = /, 0\)$|transparent/.test(style.outlineColor);
      return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && !isClear) || style.boxShadow !== "none";
    });
  }

  /* Seen: the beginning of it, or of the label that stands for it, is in the window and under nothing. */
  function isSeen(element) {
    const parts = [element, ...(element.labels ?? [])];
    return parts.flatMap((part) => [...part.getClientRects()]).some((box) => {
      const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
      const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
      if (right - left < 2 || bottom - top < 2) return false;
      const under = document.elementFromPoint((left + right) / 2, top + Math.min(bottom - top, ONE_LINE) / 2);
      return parts.some((part) => part.contains(under));
    });
  }

  function nameOf(element) {
    const words = (element.labels?.[0] ?? element).textContent.trim().replace(/\s+/g, " ").slice(0, 60);
    return `<${element.localName}${element.id ? ` id=${element.id}` : ""}> « ${words || element.title} »`;
  }

  window.keyboardStop = (target, judged, isFirst) => {
    if (isFirst) last = null;
    const at = document.activeElement === document.body ? null : document.activeElement;
    // What a frame shows has a focus of its own, and what only a link leads to, never Tab, has none to show.
    const isOurs = (element) => element !== null && element.localName !== "iframe" && element.tabIndex >= 0 && (!judged || element.closest(judged) !== null);
    const complaints = [];
    if (last && last.element !== at && last.element.isConnected && isOurs(last.element) && look(last.element) === last.look) {
      complaints.push(`nothing tells that it has the focus: ${nameOf(last.element)}`);
    }
    if (isOurs(at) && !isDrawn(at)) complaints.push(`without an outline: ${nameOf(at)}`);
    // A frame keeps it while one goes through what it shows.
    const isStuck = at !== null && last?.element === at && at.localName !== "iframe";
    last = at && { element: at, look: look(at) };
    const order = at && target ? at.compareDocumentPosition(target) : 0;
    return {
      name: at ? nameOf(at) : "",
      isNowhere: at === null,
      isThere: at !== null && at === target,
      isPast: Boolean(order & Node.DOCUMENT_POSITION_PRECEDING),
      isSeen: !isOurs(at) || isSeen(at),
      isStuck,
      complaints,
    };
  };

  window.keyboardIsSeen = () => isSeen(document.activeElement);
})();
