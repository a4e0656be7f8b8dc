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
        ("https://vimeo.com/123456789", VideoProvider.VIMEO, "123456789"),
        ("https://player.vimeo.com/video/123456789?dnt=1", VideoProvider.VIMEO, "123456789"),
        ("https://tube.example.org/w/9c9de5e8-0a1e-484a", VideoProvider.PEERTUBE, "9c9de5e8-0a1e-484a"),
        ("https://tube.example.org/videos/watch/9c9de5e8", VideoProvider.PEERTUBE, "9c9de5e8"),
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
        "",
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
