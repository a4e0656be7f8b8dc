"""Players of platforms that are not there: each answers in a frame as the true one does, and what is asked is kept.

The two that speak with the page do it in the words of its libraries: Vimeo's, and PeerTube's (jschannel).
"""

from playwright.sync_api import Page, Route

PLAIN = "<title>Lecteur</title><p>lecteur</p>"
VIMEO = """<title>Lecteur</title><p>lecteur</p><script>
let at = Number(/t=(\\d+)s/.exec(location.hash)?.[1] ?? 0);
const tell = (message) => parent.postMessage(JSON.stringify(message), "*");
addEventListener("message", ({ data }) => {
  const asked = typeof data === "string" ? JSON.parse(data) : data;
  if (asked.method === "setCurrentTime") at = asked.value;
  tell({ method: asked.method, value: asked.value ?? true });
});
tell({ event: "ready" });
setInterval(() => tell({ event: "timeupdate", data: { seconds: at += 0.25 } }), 250);
</script>"""
PEERTUBE = """<title>Lecteur</title><p>lecteur</p><script>
let at = parseInt(new URLSearchParams(location.search).get("start") ?? "0");
let isReady = false;
const tell = (message) => parent.postMessage(JSON.stringify(message), "*");
const greet = (type) => tell({ method: "peertube::__ready", params: { type, publish: [] } });
addEventListener("message", ({ data }) => {
  const asked = JSON.parse(data);
  if (asked.method === "peertube::__ready") {
    if (!isReady && asked.params.type === "publish-request") greet("publish-reply");
    isReady = true;
    return;
  }
  if (asked.method === "peertube::seek") at = asked.params;
  if (asked.id !== undefined) tell({ id: asked.id, result: true });
});
greet("publish-request");
setInterval(() => isReady && tell({ method: "peertube::playbackStatusUpdate", params: { position: at += 0.25 } }), 250);
</script>"""
ANSWERS = {"https://player.vimeo.com/": VIMEO, "https://tube.numerique.gouv.fr/": PEERTUBE}


def stand_in(page: Page, *, hub_url: str) -> list[str]:
    """Answer in the place of every other site; returns the list of what it is asked, as it grows."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        html = next((text for site, text in ANSWERS.items() if route.request.url.startswith(site)), PLAIN)
        route.fulfill(body=f"<!DOCTYPE html><html lang='fr'>{html}</html>", content_type="text/html")

    page.context.route(lambda url: not url.startswith(f"{hub_url}/"), answer)
    return asked
