"""Links to videos are recognised without asking anybody, and become the address of a player at a second."""

from typing import Any

import pytest

from hub.pages.videos import PLAYER_ORIGINS, VideoProvider, at_moment, video_from_url, video_problem
from hub.settings.content_policies import VIDEO_PLAYERS

Y, D, V, P = VideoProvider.YOUTUBE, VideoProvider.DAILYMOTION, VideoProvider.VIMEO, VideoProvider.PEERTUBE
TUBE = "tube.example.org"


@pytest.fixture(autouse=True)
def trusted_server(settings: Any) -> None:
    settings.PEERTUBE_HOSTS = [TUBE]
    settings.DAILYMOTION_PLAYER = ""


@pytest.mark.parametrize(
    ("url", "provider", "identifier", "start"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", Y, "dQw4w9WgXcQ", 3),
        ("https://www.youtube.com/watch?t=1h2m3s&list=PL12&v=dQw4w9WgXcQ", Y, "dQw4w9WgXcQ", 3723),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ#t=1m5s", Y, "dQw4w9WgXcQ", 65),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc&t=754", Y, "dQw4w9WgXcQ", 754),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=90", Y, "dQw4w9WgXcQ", 90),
        ("https://www.youtube.com/live/dQw4w9WgXcQ?feature=share", Y, "dQw4w9WgXcQ", 0),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&time_continue=12", Y, "dQw4w9WgXcQ", 12),
        ("https://dai.ly/x8abcde?start=75", D, "x8abcde", 75),
        ("https://www.dailymotion.com/video/x8abcde_un-titre", D, "x8abcde", 0),
        ("https://www.dailymotion.com/embed/video/x8abcde?start=75", D, "x8abcde", 75),
        ("https://geo.dailymotion.com/player.html?video=x8abcde&startTime=75", D, "x8abcde", 75),
        ("https://geo.dailymotion.com/player/x1p2q.html?mute=1&video=x8abcde", D, "x8abcde", 0),
        ("https://vimeo.com/123456789#t=1m5s", V, "123456789", 65),
        ("https://vimeo.com/123456789?t=12.5", V, "123456789", 12),
        ("https://vimeo.com/channels/staffpicks/123456789", V, "123456789", 0),
        ("https://vimeo.com/groups/ateliers/videos/123456789", V, "123456789", 0),
        ("https://vimeo.com/showcase/987654/video/123456789", V, "123456789", 0),
        ("https://player.vimeo.com/video/123456789?dnt=1#t=90s", V, "123456789", 90),
        (f"https://{TUBE}/w/9c9de5e8-0a1e-484a?start=12m34s", P, "9c9de5e8-0a1e-484a", 754),
        (f"https://{TUBE}/videos/watch/9c9de5e8?start=1:02:03", P, "9c9de5e8", 3723),
        (f"https://{TUBE.upper()}/videos/embed/9c9de5e8#t=754,802", P, "9c9de5e8", 754),
        (f"https://{TUBE}/w/9c9de5e8;threadId=12", P, "9c9de5e8", 0),
        ("https://youtu.be/dQw4w9WgXcQ?t=plus-tard", Y, "dQw4w9WgXcQ", 0),
    ],
)
def test_the_usual_forms_of_addresses(url: str, provider: VideoProvider, identifier: str, start: int) -> None:
    video = video_from_url(url=url)
    assert video is not None
    assert (video.provider, video.identifier, video.start) == (provider, identifier, start)
    assert video.frame_url().startswith(f"{video.origin}/")
    assert video_problem(url=url) == ""
    # The page of the video, at a moment, is read back as the same video at this moment.
    again = video_from_url(url=video.page_url(seconds=90))
    assert again is not None
    assert (again.identifier, again.start) == (identifier, 90)
    assert at_moment(video.moment_address, seconds=90) == video.page_url(seconds=90)


@pytest.mark.parametrize(
    ("url", "frame", "page"),
    [
        (
            "https://youtu.be/dQw4w9WgXcQ",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&start=90",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s",
        ),
        (
            "https://dai.ly/x8abcde",
            "https://geo.dailymotion.com/player.html?video=x8abcde&startTime=90",
            "https://www.dailymotion.com/video/x8abcde?start=90",
        ),
        (
            "https://vimeo.com/123456789",
            "https://player.vimeo.com/video/123456789?dnt=1&autoplay=1#t=90s",
            "https://vimeo.com/123456789#t=90s",
        ),
        (
            f"https://{TUBE}/w/9c9de5e8",
            f"https://{TUBE}/videos/embed/9c9de5e8?autoplay=1&p2p=0&api=1&start=90s",
            f"https://{TUBE}/w/9c9de5e8?start=90s",
        ),
    ],
)
def test_a_moment_has_an_address_in_the_player_and_on_the_page(url: str, frame: str, page: str) -> None:
    video = video_from_url(url=url)
    assert video is not None
    assert (video.frame_url(seconds=90), video.page_url(seconds=90)) == (frame, page)


@pytest.mark.parametrize(
    "url",
    [
        "https://vimeo.com/123456789/0a1b2c3d4e",
        "https://vimeo.com/123456789/0a1b2c3d4e?share=copy",
        "https://vimeo.com/manage/videos/123456789/0a1b2c3d4e",
        "https://player.vimeo.com/video/123456789?h=0a1b2c3d4e&badge=0",
    ],
)
def test_an_unlisted_video_of_vimeo_keeps_the_key_without_which_it_does_not_play(url: str) -> None:
    video = video_from_url(url=url)
    assert video is not None
    assert video.identifier == "123456789"
    assert video.frame_url() == "https://player.vimeo.com/video/123456789?h=0a1b2c3d4e&dnt=1&autoplay=1"
    assert video.page_url(seconds=90) == "https://vimeo.com/123456789/0a1b2c3d4e#t=90s"


def test_a_link_that_has_a_start_begins_there_until_another_second_is_asked_for() -> None:
    video = video_from_url(url="https://youtu.be/dQw4w9WgXcQ?t=754")
    assert video is not None
    assert "start=754" in video.frame_url()
    assert "t=754s" in video.page_url()
    assert "start" not in video.frame_url(seconds=0)


def test_the_operator_may_have_a_player_of_dailymotion(settings: Any) -> None:
    settings.DAILYMOTION_PLAYER = "x1p2q"
    video = video_from_url(url="https://dai.ly/x8abcde")
    assert video is not None
    assert video.frame_url() == "https://geo.dailymotion.com/player/x1p2q.html?video=x8abcde"


def test_a_server_of_peertube_nobody_named_is_linked_to_and_never_framed() -> None:
    url = "https://ailleurs.example/w/9c9de5e8"
    video = video_from_url(url=url)
    assert video is not None
    assert (video.frame_url(seconds=3), video.page_url(seconds=3)) == (
        "",
        "https://ailleurs.example/w/9c9de5e8?start=3s",
    )
    assert f"les serveurs acceptés sont {TUBE}" in video_problem(url=url)
    # The port is part of the server's name.
    other_port = video_from_url(url=f"https://{TUBE}:9443/w/9c9de5e8")
    assert other_port is not None
    assert not other_port.is_framed


def test_the_content_policy_lets_in_the_players_and_no_other() -> None:
    assert set(PLAYER_ORIGINS.values()) == set(VIDEO_PLAYERS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        f"https://{TUBE}/w/p/9c9de5e8-0a1e-484a",
        f"https://{TUBE}/videos/watch/playlist/9c9de5e8-0a1e-484a",
        f"https://{TUBE}/video-playlists/embed/9c9de5e8-0a1e-484a",
        f"https://{TUBE}:port/w/9c9de5e8",
        "https://www.youtube.com/playlist?list=PL1234567890",
        "https://www.youtube.com/embed/videoseries?list=PL1234567890",
        "https://www.youtube.com/embed/live_stream?channel=UC1234567890",
        "https://geo.dailymotion.com/player.html?playlist=x8abcde",
        "https://www.dailymotion.com/playlist/x8abcde",
        "https://notdailymotion.com/video/x8abcde",
        "https://vimeo.com/showcase/98765432",
        "https://vimeo.com/event/98765432",
        "https://www.youtube.com/@dihal",
        "https://www.youtube.com/watch?v=../../evil",
        "https://vimeo.com/channels/staff",
        "https://example.org/replay.mp4",
        "http://[not-an-address",
        "javascript:alert(1)",
    ],
)
def test_other_links_are_left_alone_and_the_forms_say_what_is_taken(url: str) -> None:
    assert video_from_url(url=url) is None
    assert f"YouTube, Dailymotion, Vimeo, ou PeerTube sur {TUBE}" in video_problem(url=url)
