"""Links to videos are recognised without asking anybody."""

import pytest

from hub.pages.videos import VideoProvider, at_moment, video_from_url


@pytest.mark.parametrize(
    ("url", "provider", "identifier"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", VideoProvider.YOUTUBE, "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=abc", VideoProvider.YOUTUBE, "dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", VideoProvider.YOUTUBE, "dQw4w9WgXcQ"),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", VideoProvider.YOUTUBE, "dQw4w9WgXcQ"),
        ("https://dai.ly/x8abcde", VideoProvider.DAILYMOTION, "x8abcde"),
        ("https://www.dailymotion.com/video/x8abcde_un-titre", VideoProvider.DAILYMOTION, "x8abcde"),
        ("https://geo.dailymotion.com/embed/video/x8abcde", VideoProvider.DAILYMOTION, "x8abcde"),
        ("https://geo.dailymotion.com/player.html?video=x8abcde", VideoProvider.DAILYMOTION, "x8abcde"),
        ("https://geo.dailymotion.com/player/x1p2q.html?mute=1&video=x8abcde", VideoProvider.DAILYMOTION, "x8abcde"),
        ("https://vimeo.com/channels/staffpicks/123456789", VideoProvider.VIMEO, "123456789"),
        ("https://vimeo.com/showcase/987654/video/123456789", VideoProvider.VIMEO, "123456789"),
        ("https://vimeo.com/123456789", VideoProvider.VIMEO, "123456789"),
        ("https://player.vimeo.com/video/123456789?dnt=1", VideoProvider.VIMEO, "123456789"),
        ("https://tube.example.org/w/9c9de5e8-0a1e-484a", VideoProvider.PEERTUBE, "9c9de5e8-0a1e-484a"),
        ("https://tube.example.org/videos/watch/9c9de5e8", VideoProvider.PEERTUBE, "9c9de5e8"),
        ("https://tube.example.org/w/9c9de5e8;threadId=12", VideoProvider.PEERTUBE, "9c9de5e8"),
    ],
)
def test_players_are_recognised(url: str, provider: VideoProvider, identifier: str) -> None:
    video = video_from_url(url=url)
    assert video is not None
    assert (video.provider, video.identifier) == (provider, identifier)
    assert identifier in video.embed_url
    assert "90" in at_moment(video.moment_address, seconds=90)


@pytest.mark.parametrize(
    "url",
    [
        "https://vimeo.com/123456789/0a1b2c3d4e",
        "https://vimeo.com/123456789/1234567890",
        "https://vimeo.com/123456789/0a1b2c3d4e?share=copy",
        "https://vimeo.com/manage/videos/123456789/0a1b2c3d4e",
        "https://player.vimeo.com/video/123456789?h=0a1b2c3d4e&badge=0",
    ],
)
def test_an_unlisted_video_of_vimeo_keeps_the_key_without_which_it_does_not_play(url: str) -> None:
    video = video_from_url(url=url)
    assert video is not None
    assert video.identifier == "123456789"
    key = "1234567890" if "/1234567890" in url else "0a1b2c3d4e"
    assert video.embed_url == f"https://player.vimeo.com/video/123456789?h={key}&dnt=1"
    assert at_moment(video.moment_address, seconds=90) == f"https://vimeo.com/123456789/{key}#t=90s"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://tube.example.org/w/p/9c9de5e8-0a1e-484a",
        "https://tube.example.org/videos/watch/playlist/9c9de5e8-0a1e-484a",
        "https://tube.example.org/video-playlists/embed/9c9de5e8-0a1e-484a",
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
def test_other_links_are_left_alone(url: str) -> None:
    assert video_from_url(url=url) is None
