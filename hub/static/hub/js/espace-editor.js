/*
 * The long texts of a sheet, written as they will look. The field itself keeps the text with its marks, as without this
 * script: what saves, compares and keeps it knows nothing of the editor. If the editor cannot be loaded, the field stays.
 */
const script = document.querySelector("script[data-space-editor]");
const form = document.querySelector("input[name=seen]")?.form;
const areas = form ? [...form.querySelectorAll("textarea[data-html]")].filter((area) => !area.readOnly && !area.disabled) : [];

const TEXTS = {
  link: "Adresse du lien (https://… ou mailto:…) ; vide pour retirer le lien",
  toolbar: (label) => `Mise en forme : ${label}`,
};
// Known to the server, or followed by nobody but a person: others stay as words.
const ADDRESS = /^(?:https:\/\/|mailto:|page:\d|document:\d|tel:|[/#])/i;
const BULLET = /^[\s\u00a0]*(?:[•·●○▪■□◦‣⁃∙►➢✓\uf0a7\uf0b7\uf0d8]|[o§](?=[\t\u00a0]))[\s\u00a0]*/;
const NUMBER = /^[\s\u00a0]*(?:\d{1,3}|[a-z])[.)][\s\u00a0]+/i;
const MARKS = { link: "a", bold: "b", italic: "i", superscript: "sup" };
const KINDS = ["a", "b", "i", "sup"];
const ESCAPABLE = "\\*_[]()^#.-";

// --- the text with its marks ------------------------------------------------------------------------------------------

/** A stretch of text: `kinds` holds what it is, the address of its link under « a ». */
function segmentsOf(node) {
  const found = [];
  node.forEach((child) => {
    const text = child.type.name === "hardBreak" ? "\n" : child.text ?? "";
    const kinds = new Map();
    for (const mark of child.marks) {
      const kind = MARKS[mark.type.name];
      if (kind) kinds.set(kind, kind === "a" ? mark.attrs.href : kind);
    }
    const last = found.at(-1);
    const isSame = last && KINDS.every((kind) => last.kinds.get(kind) === kinds.get(kind));
    if (isSame) last.text += text;
    else if (text) found.push({ text, kinds });
  });
  return found;
}

/** Marks inside marks, the longest outside, as the server writes them (hub/pages/markup/segments.py). */
function nested(segments, around = [], before = "", after = "") {
  let written = "";
  for (let place = 0; place < segments.length;) {
    const left = place ? segments[place - 1].text.at(-1) : before;
    const runs = KINDS.filter((kind) => !around.includes(kind)).map((kind) => [runOf(segments, place, kind), kind]);
    const [length, kind] = runs.reduce((best, run) => (run[0] > best[0] ? run : best), [0, ""]);
    if (!length) {
      written += protectedText(segments[place].text, around);
      place += 1;
      continue;
    }
    const end = place + length;
    const right = end < segments.length ? segments[end].text[0] : after;
    const inside = segments.slice(place, end);
    written += marked(kind, inside[0].kinds.get("a"), nested(inside, [...around, kind], left, right), left, right);
    place = end;
  }
  return written;
}

function runOf(segments, start, kind) {
  const value = segments[start].kinds.get(kind);
  if (!value) return 0;
  let end = start;
  while (end < segments.length && segments[end].kinds.get(kind) === value) end += 1;
  return end - start;
}

const isWord = (sign) => /[\p{L}\p{N}]/u.test(sign);

function marked(kind, address, inner, before, after) {
  // A mark round nothing, or that would hold a space at its end, says nothing more than its words.
  if (!inner.trim()) return inner;
  if (kind === "a") {
    const safe = address.replace(/[\s()<>"\\]/g, (sign) => encodeURIComponent(sign).replace(/[()]/, (one) => `%${one.charCodeAt(0).toString(16)}`));
    return ADDRESS.test(address) ? `[${inner}](${safe})` : inner.includes(address) ? inner : `${inner} (${address})`;
  }
  if (kind === "b") return `**${inner}**`;
  if (kind === "sup") return `^(${inner})`;
  const sign = isWord(before) || isWord(after) || /^\s|\s$/.test(inner) ? "__" : "_";
  return `${sign}${inner}${sign}`;
}

function protectedText(text, around) {
  return [...text].map((sign, place, signs) => {
    const before = signs[place - 1] ?? "";
    const after = signs[place + 1] ?? "";
    return hasMeaning(sign, before, after, around) ? `\\${sign}` : sign;
  }).join("");
}

function hasMeaning(sign, before, after, around) {
  switch (sign) {
    case "\\": return !after || ESCAPABLE.includes(after);
    case "*": return !before || !after || before === "*" || after === "*";
    case "_": return !(isWord(before) && isWord(after));
    case "^": return !after || after === "(";
    case "]": return !after || after === "(";
    case "[": return around.includes("a");
    case ")": return around.includes("sup");
    default: return false;
  }
}

/** What would begin a list or a title, at the head of a line of a paragraph. */
function line(segments) {
  return nested(segments).replace(/^(#{2,4}(?= )|-(?= )|\*(?=[ \u00a0\u202f])|\d{1,4}(?=\. ))/gm, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

function blocksOf(node, depth = 0, found = []) {
  node.forEach((child) => {
    const name = child.type.name;
    if (name === "bulletList" || name === "orderedList") itemsOf(child, depth, found);
    else if (name === "blockquote") found.push({ text: callOut(child), isCallOut: true });
    else if (name === "heading" && child.attrs.level === 2) found.push({ text: `## ${line(plain(child)).replace(/\s+/g, " ")}` });
    else if (name === "heading") found.push({ text: `${"#".repeat(child.attrs.level)} ${line(segmentsOf(child)).replace(/\s+/g, " ")}` });
    else found.push({ text: line(segmentsOf(child)) });
  });
  return found;
}

function plain(node) {
  const text = segmentsOf(node).map((segment) => segment.text).join("");
  return text ? [{ text, kinds: new Map() }] : [];
}

/** A call-out: its first paragraph is its title, unless it is the only one. */
function callOut(node) {
  const hasTitle = node.childCount > 1 && node.firstChild.type.name === "paragraph";
  const title = hasTitle ? line(plain(node.firstChild)).replace(/\s+/g, " ").trim() : "";
  const text = joined(blocksOf(node).slice(hasTitle ? 1 : 0));
  const lines = text ? text.split("\n") : [];
  if (title || lines.length > 1) lines.unshift(title);
  return lines.map((words) => (words ? `> ${words}` : ">")).join("\n");
}

function itemsOf(list, depth, found) {
  const indent = "  ".repeat(depth);
  let number = 0;
  list.forEach((item) => {
    number += 1;
    const mark = list.type.name === "bulletList" ? "-" : `${number}.`;
    const lines = [];
    const lists = [];
    item.forEach((child) => {
      if (child.type.name.endsWith("List")) lists.push(child);
      else if (child.type.name === "blockquote") lines.push(...blocksOf(child).map((block) => block.text));
      else lines.push(line(segmentsOf(child)));
    });
    const text = lines.filter((words) => words.trim()).join("\n");
    if (text) found.push({ text: `${indent}${mark} ${text.replaceAll("\n", `\n${indent}  `)}`, isItem: true });
    lists.forEach((inner) => itemsOf(inner, text ? depth + 1 : depth, found));
  });
}

export function toPlain(doc) {
  // Where there are call-outs, a text that begins a line with their sign has a backslash more.
  const protect = ({ text, ...block }) => ({ text: block.isCallOut ? text : text.replace(/^( *)(?=\\*>(?: |$))/gm, "$1\\"), ...block });
  return joined(doc.type.schema.nodes.blockquote ? blocksOf(doc).map(protect) : blocksOf(doc));
}

function joined(blocks) {
  let written = "";
  let wasItem = false;
  for (const { text, isItem = false } of blocks) {
    if (!text.replace(/^#+ /, "").trim()) continue;
    written += `${!written ? "" : wasItem && isItem ? "\n" : "\n\n"}${text}`;
    wasItem = isItem;
  }
  return written;
}

// --- what is pasted ---------------------------------------------------------------------------------------------------

/** Lists of Word come as paragraphs that begin with a bullet or a number, their level in their style: they are made lists. */
function cleaned(html) {
  // Styles are taken away before they are read: the policy of the page refuses them, and the console says so.
  const unstyled = html.replace(/<style\b[\s\S]*?<\/style>/gi, "").replace(/\sstyle=(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, (style) => {
    const level = /mso-list:[^;]*level(\d)/i.exec(style);
    return level ? ` data-level="${level[1]}"` : "";
  });
  const page = new DOMParser().parseFromString(unstyled, "text/html");
  page.querySelectorAll("style, script, meta, title, o\\:p").forEach((node) => node.remove());
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  comments.forEach((comment) => comment.remove());
  for (const paragraph of [...page.body.querySelectorAll("p, div")]) {
    const isOfWord = /MsoListParagraph/.test(paragraph.className);
    if (!isOfWord && !BULLET.test(paragraph.textContent)) continue;
    if (paragraph.closest("li") || paragraph.querySelector("p, div, ul, ol")) continue;
    const isNumbered = isOfWord && NUMBER.test(paragraph.textContent);
    strip(paragraph, isNumbered ? NUMBER : BULLET);
    const item = page.createElement("li");
    item.append(...paragraph.childNodes);
    const before = paragraph.previousElementSibling;
    if (before?.dataset.pasted) {
      listOf(before, Number(paragraph.dataset.level ?? 1), isNumbered).append(item);
      paragraph.remove();
    } else {
      const list = page.createElement(isNumbered ? "ol" : "ul");
      list.dataset.pasted = "1";
      list.append(item);
      paragraph.replaceWith(list);
    }
  }
  return page.body.innerHTML;
}

/** The list of this level that is under way in a list: one inside its last item when there is none yet. */
function listOf(outermost, level, isNumbered) {
  let list = outermost;
  for (let depth = 1; depth < level; depth += 1) {
    const item = list.lastElementChild;
    list = item.querySelector(":scope > ul, :scope > ol") ?? item.appendChild(document.createElement(isNumbered ? "ol" : "ul"));
  }
  return list;
}

/** Takes the bullet or the number away, whichever pieces of text hold it. */
function strip(paragraph, sign) {
  let length = sign.exec(paragraph.textContent)?.[0].length ?? 0;
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  while (length && walker.nextNode()) {
    const { data } = walker.currentNode;
    walker.currentNode.data = data.slice(length);
    length -= Math.min(length, data.length);
  }
}

// --- the editor -------------------------------------------------------------------------------------------------------

/** Links to pages and documents of the site are named by their numbers; the editor only knows addresses. */
function readable(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("a[linktype]").forEach((link) => link.setAttribute("href", `${link.getAttribute("linktype")}:${link.id}`));
  return page.body.innerHTML;
}

/** The item of a list, but for the key Tab: it goes on to the next field here, as everywhere on the page. */
function itemOf(library) {
  return library.ListItem.extend({
    addKeyboardShortcuts() {
      return { Enter: () => this.editor.commands.splitListItem(this.name) };
    },
  });
}

/** Whether one writes in a list inside a list. */
function isInner(editor) {
  const { $from } = editor.state.selection;
  const around = Array.from({ length: $from.depth }, (_none, depth) => $from.node(depth + 1));
  return around.filter((node) => node.type.name === "listItem").length > 1;
}

function extensionsFor(library, area) {
  const isFree = area.dataset.spaceMarkup === "##";
  return [
    library.Document, library.Paragraph, library.Text, library.HardBreak, library.Bold, library.Italic, library.Superscript,
    library.BulletList, library.OrderedList, itemOf(library), library.Heading.configure({ levels: isFree ? [2, 3, 4] : [3, 4] }), library.History, library.Gapcursor,
    ...(isFree ? [library.Blockquote] : []),
    library.Link.configure({ openOnClick: false, autolink: false, enableTarget: false, isAllowedUri: (address) => ADDRESS.test(address) || /^http:/i.test(address) }),
  ];
}

function commandsFor(area) {
  const level = area.dataset.spaceMarkup === "##" ? 2 : 3;
  return [
    { words: "Gras", is: ["bold"], run: (chain) => chain.toggleBold() },
    { words: "Italique", is: ["italic"], run: (chain) => chain.toggleItalic() },
    ...(level === 2 ? [{ words: "Titre", is: ["heading", { level: 2 }], run: (chain) => chain.toggleHeading({ level: 2 }) }] : []),
    { words: "Intertitre", is: ["heading", { level: 3 }], run: (chain) => chain.toggleHeading({ level: 3 }) },
    { words: "Liste", is: ["bulletList"], run: (chain) => chain.toggleBulletList() },
    { words: "Liste numérotée", is: ["orderedList"], run: (chain) => chain.toggleOrderedList() },
    { words: "Sous-liste", isOn: isInner, run: (chain, editor) => (isInner(editor) ? chain.liftListItem("listItem") : chain.sinkListItem("listItem")) },
    { words: "Lien", is: ["link"], run: linked },
  ];
}

function linked(chain, editor) {
  const address = prompt(TEXTS.link, editor.getAttributes("link").href ?? "https://");
  if (address === null) return chain;
  const typed = address.trim();
  const whole = chain.extendMarkRange("link");
  return ADDRESS.test(typed) && typed !== "https://" ? whole.setMark("link", { href: typed }) : whole.unsetMark("link");
}

/** What was typed, or put back, before the editor was there is part of the text; null when it cannot be shown. */
async function contentOf(area) {
  let text;
  let html;
  do {
    text = area.value;
    html = text === area.defaultValue ? area.dataset.html : await formatted(text, area);
  } while (area.value !== text && html !== null);
  return html;
}

async function edit(library, area) {
  const content = await contentOf(area);
  if (content === null) return;
  const hadFocus = document.activeElement === area;
  const label = form.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}_label`;
  const described = area.getAttribute("aria-describedby");
  const holder = document.createElement("div");
  holder.className = "hub-space-editor";
  area.before(holder);
  let isWriting = false;
  const editor = new library.Editor({
    element: holder,
    extensions: extensionsFor(library, area),
    content: readable(content),
    injectCSS: false,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-labelledby": label.id,
        class: `fr-input${area.classList.contains("fr-input--error") ? " fr-input--error" : ""}`,
        ...(described ? { "aria-describedby": described } : {}),
        ...(area.getAttribute("aria-invalid") ? { "aria-invalid": "true" } : {}),
      },
      transformPastedHTML: cleaned,
      handlePaste: (_view, event) => {
        const { clipboardData } = event;
        const text = clipboardData?.getData("text/plain") ?? "";
        if (clipboardData?.getData("text/html") || !text.split("\n").some((part) => BULLET.test(part))) return false;
        // What makes a list of typed signs is known to the server, which reads them in a form without script too.
        formatted(text, area).then((html) => editor.commands.insertContent(html === null ? asParagraphs(text) : readable(html)));
        return true;
      },
    },
    onUpdate: () => {
      area.value = toPlain(editor.state.doc);
      isWriting = true;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      isWriting = false;
    },
  });
  const bar = toolbar(editor, area, label);
  holder.prepend(bar);
  area.parentElement.querySelectorAll(":scope > .hub-space-markup:not(.hub-space-editor__bar)").forEach((former) => former.remove());
  area.hidden = true;
  label.addEventListener("click", () => editor.commands.focus());
  // A text put back in the field by what keeps it on this device.
  form.addEventListener("space:filled", async () => {
    if (isWriting || area.value === toPlain(editor.state.doc)) return;
    const html = await formatted(area.value, area);
    if (html !== null) editor.commands.setContent(readable(html), { emitUpdate: false });
    else {
      editor.destroy();
      holder.remove();
      area.hidden = false;
    }
  });
  if (hadFocus || area.autofocus) editor.commands.focus("end");
}

function asParagraphs(text) {
  const holder = document.createElement("div");
  for (const words of text.split(/\r?\n/).filter((part) => part.trim())) {
    holder.append(Object.assign(document.createElement("p"), { textContent: words.trim() }));
  }
  return holder.innerHTML;
}

function toolbar(editor, area, label) {
  const bar = document.createElement("div");
  bar.className = "hub-space-markup hub-space-editor__bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", TEXTS.toolbar(label.firstChild.textContent.trim()));
  const buttons = commandsFor(area).map((command) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: command.words, className: "fr-btn fr-btn--sm fr-btn--tertiary" });
    button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    button.addEventListener("click", () => command.run(editor.chain().focus(), editor).run());
    bar.append(button);
    return [button, command];
  });
  const tell = () => buttons.forEach(([button, command]) => button.setAttribute("aria-pressed", String(command.isOn ? command.isOn(editor) : editor.isActive(...command.is))));
  editor.on("transaction", tell);
  tell();
  return bar;
}

/** Resolves to the HTML of a text with marks; null when the server cannot be asked. */
async function formatted(text, area) {
  const titles = area.dataset.spaceMarkup === "##" ? "1" : "";
  const body = new URLSearchParams({ text, titles, csrfmiddlewaretoken: form.elements.namedItem("csrfmiddlewaretoken").value });
  try {
    const response = await fetch(script.dataset.formatted, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    return response.ok ? (await response.json()).html : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // no connection
    throw error;
  }
}

if (areas.length) {
  import(script.dataset.spaceEditor).then((library) => {
    return Promise.all(areas.map((area) => edit(library, area)));
  }).then(() => {
    if (areas.some((area) => !area.hidden)) return;
    document.querySelectorAll("[data-space-marks]").forEach((hint) => { hint.hidden = true; });
  }, (error) => {
    // Not received: the fields are there, with their marks.
    if (!(error instanceof TypeError)) throw error;
  });
}
