"""The base of a variant, found as a check finds it: a change of it is one of the variant."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from checkout import ALONE, Checkout, Ran, differences

BASE = "process task:\n    x = 1\n    x = 2\n"
VARIANT = 'model one varies "{}"\n\nprocess other:\n    cpu_relax()\n'
WEAKER = ("one.pfn", "weaker", "task")


def weakened(checkout: Checkout, file: str = "parts/base.inc") -> None:
    checkout.edit(file, ("    x = 2\n", ""))


@pytest.fixture
def part(checkout: Checkout) -> Checkout:
    """With a base that is no model by its name, so that only its variants tell of it."""
    checkout.write("parts/base.inc", ALONE)
    return checkout


@pytest.mark.parametrize(
    "text",
    [
        VARIANT.format("parts/base.inc"),
        "\ufeff" + VARIANT.format("parts/base.inc"),
        '"""Like\n\nmodel one varies "other.inc"\n"""\n' + VARIANT.format("parts/base.inc"),
        "model one  varies  'parts/base.inc'  # so\n",
        VARIANT.format("./parts/../parts//base.inc"),
        VARIANT.format("parts/base.inc").replace("\n", "\r\n"),
    ],
    ids=["plain", "byte order mark", "docstring", "layout", "not normal", "CRLF"],
)
def test_however_it_is_written(part: Checkout, gate: Callable[..., Ran], text: str) -> None:
    part.write("one.pfn", text)
    base = part.commit()
    weakened(part)
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert WEAKER in differences(out)


@pytest.mark.parametrize(
    "link", [("link.inc", "parts/base.inc"), ("link", "parts"), ("far", "link/../parts")]
)
def test_through_links(part: Checkout, gate: Callable[..., Ran], link: tuple[str, str]) -> None:
    """Of a file and of a folder; also when the variant has changed, and the link itself."""
    name, target = link
    (part.folder / "link").symlink_to("parts")
    if name != "link":
        (part.folder / name).symlink_to(target)
    through = name if name.endswith(".inc") else f"{name}/base.inc"
    part.write("one.pfn", VARIANT.format(through))
    base = part.commit()
    weakened(part)
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert WEAKER in differences(out)
    part.edit("one.pfn", ("cpu_relax()", "cond_resched()"))
    status, out, err = gate("--format", "json", base=base)
    assert (status, err) == (1, "")
    assert WEAKER in differences(out)
    part.git("checkout", "-q", ".")
    assert gate(base=base)[0] == 0
    part.write("others/base.inc", ALONE.replace("    x = 2\n", ""))
    (part.folder / name).unlink()
    (part.folder / name).symlink_to("others/base.inc" if name.endswith(".inc") else "others")
    part.git("add", "-A")
    status, out, err = gate("--format", "json", base=base)
    assert (status, err) == (1, "")
    assert WEAKER in differences(out)


def test_through_a_base_that_is_a_variant(part: Checkout, gate: Callable[..., Ran]) -> None:
    part.write("middle.inc", 'model middle varies "parts/base.inc"\n')
    part.write("one.pfn", VARIANT.format("middle.inc"))
    base = part.commit()
    weakened(part)
    status, out, _ = gate("--format", "json", base=base)
    assert status == 1
    assert WEAKER in differences(out)


def test_links_that_lead_nowhere(part: Checkout, gate: Callable[..., Ran]) -> None:
    part.write("one.pfn", VARIANT.format("around.inc"))
    (part.folder / "around.inc").symlink_to("around.inc")
    base = part.commit()
    (part.folder / "around.inc").unlink()
    part.write("around.inc", ALONE)
    status, _, err = gate(base=base)
    assert status == 2
    assert "cannot be compared at the base" in err
    assert "a link that leads out of the checkout, or nowhere" in err
