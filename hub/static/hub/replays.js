/* Watching a replay in the page, reading what is said meanwhile, finding a word in it (docs/replay.md).
   A module: evaluated once, however many parts of a page ask for it. Without it, links lead where the recording is. */
const ACCEPTED = "hub-video:";
const MOMENT = /^#(?:t=|transcription-)(\d+)(?:\.\d+)?(?:,(\d+))?/;
const TYPING_PAUSE = 250;
const FEWEST_LETTERS = 2;
const SAID_FOR = 3000;

/* --- what is remembered on this device ---------------------------------------------------------------------------- */

/* By platform, the name it is shown by. A visitor who refuses storage is asked on each page. */
const acceptedHere = new Map();
const choices = {
  has(choice) {
    try {
      return localStorage.getItem(ACCEPTED + choice) !== null || acceptedHere.has(choice);
    } catch {
      return acceptedHere.has(choice);
    }
  },
  add(choice, name) {
    acceptedHere.set(choice, name);
    try {
      localStorage.setItem(ACCEPTED + choice, name);
    } catch {
      // kept as long as the page
    }
  },
  remove(choice) {
    acceptedHere.delete(choice);
    try {
      localStorage.removeItem(ACCEPTED + choice);
    } catch {
      // nothing was kept
    }
  },
  all() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(ACCEPTED));
      return keys.map((key) => [key.slice(ACCEPTED.length), localStorage.getItem(key)]);
    } catch {
      return [...acceptedHere];
    }
  },
};

/* --- small things -------------------------------------------------------------------------------------------------- */

const momentOf = (hash) => {
  const found = MOMENT.exec(decodeURIComponent(hash));
  if (!found) return null;
  const [seconds, end] = [Number(found[1]), Number(found[2] ?? NaN)];
  return { seconds, end: end > seconds ? end : null };
};

const clock = (seconds) => {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

const element = (name, properties, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

const scrolling = () => (window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

/* Said to who listens to the page; who looks at it reads it on the button. */
const voice = element("p", { className: "fr-sr-only" });
voice.setAttribute("role", "status");
document.querySelector("main")?.append(voice);
const say = (words) => {
  voice.textContent = words;
};

const loadLibrary = (source) =>
  new Promise((resolve, reject) => {
    if (document.querySelector(`script[src="${source}"]`)?.dataset.loaded) return resolve();
    const script = element("script", { src: source, onerror: reject });
    script.onload = () => {
      script.dataset.loaded = "";
      resolve();
    };
    document.head.append(script);
  });

/* A fragment of another page of ours, its links made to lead where they lead there. */
const fragment = async (address, selector) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
  if (!found) throw new Error(`no ${selector} in ${answer.url}`);
  for (const link of found.querySelectorAll("a[href]")) link.href = new URL(link.getAttribute("href"), answer.url).href;
  return document.adoptNode(found);
};

/* --- players: a file of ours, the frame of a platform --------------------------------------------------------------- */

/* Stops a clip at its end, once; whoever goes on, or jumps past it, is not stopped. */
class Clip {
  constructor(end) {
    this.end = end;
    this.before = null;
    this.toldAt = 0;
  }

  isOver(seconds) {
    if (this.end === null) return false;
    const now = performance.now() / 1000;
    // Played, at most at twice the pace, since the last time it was told; whatever kept the page busy meanwhile.
    const isPlayed = this.before === null || seconds - this.before <= 2 * (now - this.toldAt) + 2;
    this.before = seconds;
    this.toldAt = now;
    if (seconds < this.end) return false;
    this.end = null;
    return isPlayed;
  }
}

class FilePlayer {
  constructor(video) {
    this.box = video;
    this.clip = new Clip(null);
    this.wanted = null;
    this.follows = true;
    this.tell = () => {};
    video.addEventListener("loadedmetadata", () => {
      if (this.wanted !== null) video.currentTime = this.wanted;
      this.wanted = null;
    });
    video.addEventListener("timeupdate", () => {
      if (this.clip.isOver(video.currentTime)) video.pause();
      if (!video.seeking) this.tell(video.currentTime);
    });
  }

  prepare({ seconds, end }) {
    this.clip = new Clip(end);
    this.wanted = this.box.readyState ? null : seconds;
    this.box.preload = "metadata";
    this.box.currentTime = seconds;
  }

  play(moment) {
    this.prepare(moment);
    // A browser may want a touch first: the video then waits at its second.
    this.box.play().catch(() => {});
  }
}

/* How a page speaks with the players that let it: told the time, they go where asked. */
const CONTROLS = {
  async vimeo(frame, tell) {
    const player = new window.Vimeo.Player(frame);
    await player.ready();
    player.on("timeupdate", ({ seconds }) => tell(seconds));
    return { go: (seconds) => player.setCurrentTime(seconds).then(() => player.play()), pause: () => player.pause() };
  },
  async peertube(frame, tell) {
    const player = new window.PeerTubePlayer(frame);
    await player.ready;
    player.addEventListener("playbackStatusUpdate", ({ position }) => tell(position));
    return { go: (seconds) => player.seek(seconds).then(() => player.play()), pause: () => player.pause() };
  },
};

class FramePlayer {
  constructor(box) {
    this.box = box;
    this.still = [...box.childNodes]; // what stands there before the player
    this.button = box.querySelector("[data-hub-video-load]");
    this.terms = box.querySelector("[data-hub-video-terms]");
    this.clip = new Clip(null);
    this.moment = null;
    this.control = null;
    this.follows = Boolean(box.dataset.hubVideoLibrary);
    this.tell = () => {};
    const { hubVideoChoice: choice, hubVideoProvider: name } = box.dataset;
    this.withdrawal = element("p", { className: "hub-video__withdraw hub-no-print" }, element("button", {
      type: "button",
      className: "fr-link",
      textContent: `Ne plus afficher les vidéos de ${name} sans demander`,
      onclick: () => this.withdraw(choice),
    }));
    box.after(this.withdrawal);
    this.button.addEventListener("click", () => {
      choices.add(choice, name);
      this.load(this.moment);
      this.box.firstChild.focus();
    });
    this.refresh();
  }

  get isAccepted() {
    return choices.has(this.box.dataset.hubVideoChoice);
  }

  /* What is asked before the player is there: more, as long as its platform is not accepted. */
  refresh() {
    this.terms.hidden = this.isAccepted;
    this.withdrawal.hidden = !this.isAccepted;
    this.button.textContent = this.moment ? `Lire ici à ${clock(this.moment.seconds)}` : "Lire la vidéo ici";
  }

  prepare(moment) {
    this.moment = moment;
    this.refresh();
  }

  play(moment) {
    this.moment = moment;
    if (this.control) {
      this.clip = new Clip(moment.end);
      this.control.go(moment.seconds).catch(() => this.load(moment));
    } else if (this.isAccepted) {
      this.load(moment);
    } else {
      this.refresh();
      this.button.focus();
    }
  }

  load(moment) {
    const { dataset } = this.box;
    const template = moment ? dataset.hubVideoMoment.replace("{seconds}", moment.seconds) : dataset.hubVideo;
    const address = new URL(template);
    // The others are stopped from here, or cannot be.
    if (moment?.end && dataset.hubVideoKind === "youtube") address.searchParams.set("end", moment.end);
    const frame = element("iframe", {
      src: address.href,
      title: dataset.title,
      allow: "autoplay; fullscreen; picture-in-picture",
      referrerPolicy: dataset.hubVideoReferrer,
      className: "hub-video__frame",
    });
    this.control = null;
    this.clip = new Clip(moment?.end ?? null);
    this.box.replaceChildren(frame);
    this.refresh();
    if (this.follows) this.connect(frame);
  }

  async connect(frame) {
    try {
      await loadLibrary(this.box.dataset.hubVideoLibrary);
      const control = await CONTROLS[this.box.dataset.hubVideoKind](frame, (seconds) => {
        if (!frame.isConnected) return;
        if (this.clip.isOver(seconds)) this.control?.pause();
        this.tell(seconds);
      });
      if (frame.isConnected) this.control = control;
    } catch {
      // The player plays all the same: it is only started anew for each moment.
    }
  }

  withdraw(choice) {
    choices.remove(choice);
    for (const player of players) if (player.box.dataset.hubVideoChoice === choice) player.unload();
    this.button.focus();
    say("C’est noté : vous serez de nouveau consulté.");
  }

  unload() {
    this.control = null;
    this.moment = null;
    this.box.replaceChildren(...this.still);
    this.refresh();
  }
}

const players = [
  ...[...document.querySelectorAll("video[data-hub-file]")].map((video) => new FilePlayer(video)),
  ...[...document.querySelectorAll("[data-hub-video]")].map((box) => new FramePlayer(box)),
];

/* --- the transcript, read in the page -------------------------------------------------------------------------------- */

const copy = async (words) => {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
};

/* What is selected in a passage, or all of it. */
const wordsOf = (passage) => {
  const words = passage.querySelector(".hub-passage__words");
  const selection = window.getSelection();
  const isWithin = words.contains(selection.anchorNode) && words.contains(selection.focusNode);
  return ((isWithin && selection.toString().trim()) || words.textContent).trim().replace(/\s+/g, " ");
};

const quotation = (passage, { hubReference, hubUnread }, address) => {
  const { hubStart, hubSpeaker } = passage.dataset;
  const where = [hubReference, hubSpeaker, hubStart && `à ${clock(Number(hubStart))}`].filter(Boolean).join(", ");
  const unread = hubUnread === undefined ? "" : " (transcription automatique, non relue)";
  return `«\u00a0${wordsOf(passage)}\u00a0» — ${where}${unread}, ${address}`;
};

/* Each passage has its address, that of a clip, and can be quoted. */
const addTools = (passages) => {
  const page = new URL(passages.dataset.hubPage, document.baseURI);
  for (const passage of passages.querySelectorAll(".hub-passage")) {
    const { hubStart: start, hubEnd: end } = passage.dataset;
    const at = start === undefined ? "" : ` (${clock(Number(start))})`;
    // Two elements a passage and no more: a part has many.
    const tool = (label, done, words) => {
      const button = element("button", { type: "button", className: "fr-link fr-link--sm hub-passage__tool hub-no-print" });
      const name = (text, after) => {
        button.textContent = text;
        button.ariaLabel = text + after;
      };
      name(label, at);
      button.addEventListener("click", async () => {
        name((await copy(words())) ? done : "Copie refusée par le navigateur", "");
        say(button.textContent);
        window.setTimeout(name, SAID_FOR, label, at);
      });
      return button;
    };
    const address = start === undefined ? page.href : `${page.href}#t=${start}`;
    const clip = start !== undefined && Number(end) > Number(start) ? `${address},${end}` : address;
    if (at) passage.append(tool("Copier le lien", "Lien copié", () => address));
    passage.append(tool("Copier la citation", "Citation copiée", () => quotation(passage, passages.dataset, clip)));
  }
};

class Reading {
  constructor(section) {
    this.address = section.dataset.hubReplay;
    this.details = section.querySelector("details");
    this.box = section.querySelector("[data-hub-box]");
    this.switch = section.querySelector("[data-hub-follow]");
    this.passages = null;
    this.asked = 0;
    this.isLoading = false;
    this.seconds = null;
    section.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-hub-part]");
      if (!link || !isPlainClick(event)) return;
      event.preventDefault();
      this.load(link.href).then(() => this.box.focus(), () => location.assign(link.href));
    });
    this.details.addEventListener("toggle", () => {
      if (this.details.open && !this.passages && this.seconds !== null) this.show(this.seconds).catch(() => {});
    });
  }

  get isFollowing() {
    return this.details.open && this.switch?.querySelector("input").checked === true;
  }

  /* Put in the page the part of the transcript an address holds, in the place of the one before. */
  async load(address) {
    const turn = ++this.asked;
    this.isLoading = true;
    try {
      const passages = await fragment(address, "[data-hub-passages]");
      if (turn !== this.asked) return;
      addTools(passages);
      leadHere(passages);
      this.passages = passages;
      this.box.replaceChildren(passages);
      this.box.hidden = false;
      this.box.scrollTop = 0;
    } finally {
      if (turn === this.asked) this.isLoading = false;
    }
  }

  holds(seconds) {
    const { hubFrom = 0, hubUntil = Infinity } = this.passages?.dataset ?? { hubFrom: Infinity };
    return seconds >= Number(hubFrom) && seconds < Number(hubUntil);
  }

  /* Show what is said at a moment, whatever the switch says: it was asked for. */
  async show(seconds) {
    if (!this.holds(seconds)) await this.load(`${this.address}?t=${Math.floor(seconds)}`);
    this.mark(seconds, true);
  }

  follow(seconds) {
    this.seconds = seconds;
    if (!this.details.open || this.isLoading) return;
    if (this.holds(seconds)) this.mark(seconds, this.isFollowing);
    else if (this.isFollowing) this.show(seconds).catch(() => {});
  }

  /* The passage being said is the current one of the list; nothing else moves than the list itself. */
  mark(seconds, scrolls) {
    const begun = [...(this.passages?.querySelectorAll("[data-hub-start]") ?? [])].filter(
      ({ dataset }) => Number(dataset.hubStart) <= seconds,
    );
    const now = begun.at(-1);
    const before = this.passages?.querySelector(".hub-passage--now");
    if (!now || now === before) return;
    before?.classList.remove("hub-passage--now");
    this.passages.querySelector("[aria-current]")?.removeAttribute("aria-current");
    now.classList.add("hub-passage--now");
    (now.querySelector("a") ?? now).setAttribute("aria-current", "true");
    if (scrolls) this.box.scrollTo({ top: now.offsetTop - 16, behavior: scrolling() });
  }
}

/* --- moments --------------------------------------------------------------------------------------------------------- */

const section = document.querySelector("[data-hub-replay]");
const reading = section && new Reading(section);
const heading = document.getElementById("replay");
const player = heading && players.find(({ box }) => heading.parentElement.contains(box));
if (player && reading) {
  player.tell = (seconds) => reading.follow(seconds);
  if (reading.switch) reading.switch.hidden = !player.follows;
}

const isPlainClick = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

/* With JavaScript, links to a moment lead to the page where it is watched and read; without, to where the recording is. */
const leadHere = (within) => {
  for (const link of within.querySelectorAll("a[data-hub-moment]")) link.href = link.dataset.hubMoment;
};

const go = (moment, { plays }) => {
  if (!player && !reading) return;
  if (plays) player?.play(moment);
  else player?.prepare(moment);
  if (reading) {
    reading.details.open = true;
    reading.show(moment.seconds).catch(() => say("La transcription n’a pas pu être chargée."));
  }
  const place = player?.box ?? heading;
  const { top, bottom } = place.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight) place.scrollIntoView({ behavior: scrolling(), block: "start" });
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-hub-moment]");
  if (!link || !player || !isPlainClick(event) || link.pathname !== location.pathname) return;
  const moment = momentOf(link.hash);
  if (!moment) return;
  event.preventDefault();
  if (location.hash !== link.hash) history.pushState(null, "", link.hash);
  go(moment, { plays: true });
});

const goToAddress = ({ plays }) => {
  const moment = momentOf(location.hash);
  if (moment) go(moment, { plays });
};
window.addEventListener("hashchange", () => goToAddress({ plays: false }));
leadHere(document);
/* Who comes from a link of ours asked to watch; an address opened by itself, or again, only waits at its second. */
const [arrival] = performance.getEntriesByType("navigation");
goToAddress({ plays: arrival?.type === "navigate" && document.referrer.startsWith(`${location.origin}/`) });

for (const passages of document.querySelectorAll("[data-hub-passages]")) addTools(passages);

/* --- « Chercher dans ce replay », as one types ------------------------------------------------------------------------ */

const form = document.querySelector("[data-hub-inside]");
const found = document.querySelector("[data-hub-found]");
if (form && found) {
  const field = form.elements["dans-le-replay"];
  let turn = 0;
  let pause = 0;
  const look = async () => {
    const asked = ++turn;
    const isEmpty = field.value.trim().length < FEWEST_LETTERS;
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    const answer = isEmpty ? element("div", {}) : await fragment(address, "[data-hub-found]");
    if (asked !== turn) return;
    leadHere(answer);
    // Said by the voice of the page: a message that arrives with its words is not always read out.
    const count = answer.querySelector("[data-hub-count]");
    count?.removeAttribute("role");
    found.replaceChildren(...answer.childNodes);
    say(count?.textContent ?? "");
  };
  field.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => look().catch(() => {}), TYPING_PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    window.clearTimeout(pause);
    look().catch(() => form.submit());
  });
}

/* --- what was accepted, on the page about cookies ---------------------------------------------------------------------- */

const kept = document.querySelector("[data-hub-video-choices]");
const listChoices = () => {
  const list = choices.all().map(([choice, name]) => {
    const button = element("button", {
      type: "button",
      className: "fr-btn fr-btn--secondary fr-btn--sm fr-mb-1w",
      textContent: `Ne plus afficher les vidéos de ${name} sans demander`,
    });
    button.addEventListener("click", () => {
      choices.remove(choice);
      listChoices();
      say(`Les vidéos de ${name} ne s’afficheront plus sans demander.`);
      (kept.querySelector("button") ?? kept.querySelector("h2")).focus();
    });
    return element("p", {}, button);
  });
  for (const old of kept.querySelectorAll("p:has(button)")) old.remove();
  kept.querySelector("[data-hub-no-choice]").hidden = list.length > 0;
  kept.append(...list);
};
if (kept) {
  kept.querySelector("h2").tabIndex = -1;
  listChoices();
}
