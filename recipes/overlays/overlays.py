"""Draws overlays on a picture, and tells where: a map for each kind."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import lettering
import numpy as np

from shoplens.quality.overlay_detector import KINDS

FAINTEST = 4.0
"""Levels by which an overlay must change the picture to count as there; what changes it less is ignored."""


@dataclass
class Scene:
    """A picture, float32 RGB `[h, w, 3]`, with its truth: `where[kind]` and `unsure`, float32 `[h, w]`."""

    picture: np.ndarray
    where: dict[str, np.ndarray] = field(init=False)
    unsure: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        size = self.picture.shape[:2]
        self.where = {kind: np.zeros(size, np.float32) for kind in KINDS}
        self.unsure = np.zeros(size, np.float32)

    @property
    def side(self) -> int:
        return min(self.picture.shape[:2])

    def blend(self, ink: np.ndarray, color: np.ndarray, opacity: float) -> np.ndarray:
        """Lay `color` over by `ink` (0..1, `[h, w]`); return by how many levels each pixel changed."""
        change = np.zeros(ink.shape, np.float32)
        x, y, width, height = cv2.boundingRect((ink > 0).astype(np.uint8))
        part = (slice(y, y + height), slice(x, x + width))
        before, alpha = self.picture[part], ink[part][..., None] * opacity
        moved = alpha * (np.asarray(color, np.float32) - before)
        self.picture[part] = before + moved
        size = np.abs(moved)
        change[part] = np.maximum(np.maximum(size[..., 0], size[..., 1]), size[..., 2])
        return change

    def beneath(self, ink: np.ndarray) -> float:
        """Return how light the picture is where the ink falls, 0 to 255."""
        there = ink > 0.5
        return float(self.picture[there].mean()) if there.any() else 128.0

    def lay(self, kind: str, ink: np.ndarray, extent: np.ndarray, color: np.ndarray, opacity: float) -> None:
        """Blend, and mark `extent` (bool `[h, w]`) where the change is seen, or is close to where it is."""
        change = self.blend(ink, color, opacity)
        reach = max(3, round(0.03 * self.side)) | 1
        seen = cv2.dilate((change > FAINTEST).astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
        self.where[kind][extent & seen] = 1
        self.unsure[extent & ~seen] = 1


def placed(scene: Scene, patch: np.ndarray, center: tuple[float, float], angle: float) -> tuple[np.ndarray, np.ndarray]:
    """The patch's ink turned by `angle` degrees about `center` (pixels), and its extent, both of the scene's size."""
    height, width = scene.picture.shape[:2]
    rows, columns = patch.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    matrix[:, 2] += np.array(center) - (columns / 2, rows / 2)
    ink = cv2.warpAffine(patch, matrix, (width, height), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
    corners = np.array([[0, 0, 1], [columns, 0, 1], [columns, rows, 1], [0, rows, 1]]) @ matrix.T
    extent = np.zeros((height, width), np.uint8)
    cv2.fillPoly(extent, [np.round(corners).astype(np.int32)], 1)
    return ink, extent > 0


def turned(size: tuple[int, ...], angle: float) -> tuple[int, int]:
    """Rows and columns of the smallest upright rectangle around one of `size` turned by `angle` degrees."""
    rows, columns = size[:2]
    sine, cosine = abs(np.sin(np.radians(angle))), abs(np.cos(np.radians(angle)))
    return round(rows * cosine + columns * sine), round(columns * cosine + rows * sine)


def a_place(scene: Scene, patch_size: tuple[int, int], rng: np.random.Generator, corner: float) -> tuple[float, float]:
    """A centre such that the patch is inside; with chance `corner` in a corner."""
    height, width = scene.picture.shape[:2]
    rows, columns = patch_size
    spare = np.array([max(0, width - columns), max(0, height - rows)], float)
    share = rng.random(2)
    if rng.random() < corner:
        share = np.where(share < 0.5, rng.uniform(0, 0.12, 2), 1 - rng.uniform(0, 0.12, 2))
    x, y = spare * share + np.array([columns, rows]) / 2
    return float(x), float(y)


def some_color(rng: np.random.Generator, vivid: bool = False) -> np.ndarray:
    if vivid:
        pixel = np.array([[[rng.integers(0, 180), rng.integers(140, 256), rng.integers(110, 256)]]], np.uint8)
        return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32)
    if rng.random() < 0.5:
        return np.full(3, rng.choice([0, 20, 60, 128, 200, 255]), np.float32)
    return rng.integers(0, 256, 3).astype(np.float32)


def fitted(patch: np.ndarray, most: int) -> np.ndarray:
    if patch.shape[1] <= most:
        return patch
    return cv2.resize(
        patch, (most, max(4, round(patch.shape[0] * most / patch.shape[1]))), interpolation=cv2.INTER_AREA
    )


def _outstanding(beneath: float, rng: np.random.Generator) -> np.ndarray:
    """Black, white or vivid, whichever is seen: who lays words over a photo wants them read, and grey is rare."""
    kind = rng.random()
    if kind < 0.1:
        color = some_color(rng)
    elif kind < 0.45:
        color = some_color(rng, vivid=True)
    else:
        color = np.full(3, rng.choice([0.0, 0.0, 25.0, 255.0, 255.0, 240.0]), np.float32)
    return color if abs(color.mean() - beneath) > 50 else np.full(3, 255.0 * (beneath < 128), np.float32)


def some_text(scene: Scene, rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    height = max(6, round(scene.side * float(np.exp(rng.uniform(np.log(low), np.log(high))))))
    count = int(rng.choice([1, 1, 1, 2, 3]))
    eastern = bool(lettering.chinese_fonts()) and rng.random() < 0.2
    texts = [lettering.chinese(rng) if eastern else lettering.words(rng) for _ in range(count)]
    lines = [lettering.stamp(text, round(height * rng.uniform(0.7, 1.0)), rng) for text in texts]
    patch = lettering.block(lines, rng.uniform(0.3, 0.8), str(rng.choice(["left", "center", "right"])))
    return fitted(patch, round(0.94 * scene.picture.shape[1]))


def text(scene: Scene, rng: np.random.Generator) -> None:
    """Opaque words."""
    patch = some_text(scene, rng, 0.035, 0.14)
    angle = 0.0 if rng.random() < 0.85 else rng.uniform(-40, 40)
    ink, extent = placed(scene, patch, a_place(scene, turned(patch.shape, angle), rng, 0.4), angle)
    color = _outstanding(scene.beneath(ink), rng)
    if rng.random() < 0.3:
        width = max(1, round(0.004 * scene.side * rng.uniform(1, 3)))
        around = cv2.dilate(ink, np.ones((2 * width + 1,) * 2, np.uint8))
        contrary = np.full(3, 255.0 * (color.mean() < 128), np.float32)
        scene.lay("text", around, extent, 255 - color if rng.random() < 0.5 else contrary, 1.0)
    scene.lay("text", ink, extent, color, rng.uniform(0.88, 1.0))


def _emblem(side: int, rng: np.random.Generator) -> np.ndarray:
    """A sign of a few simple shapes."""
    canvas = np.zeros((side, side), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        shade = int(rng.choice([255, 255, 0]))
        thick = int(rng.choice([-1, max(1, side // 12), max(1, side // 20)]))
        middle = tuple(int(v) for v in rng.uniform(0.3, 0.7, 2) * side)
        kind = rng.integers(4)
        if kind == 0:
            cv2.circle(canvas, middle, int(side * rng.uniform(0.15, 0.48)), shade or 255, thick, cv2.LINE_AA)
        elif kind == 1:
            corners = rng.uniform(0.05, 0.95, (int(rng.integers(3, 6)), 2)) * side
            hull = cv2.convexHull(corners.astype(np.int32))
            cv2.fillPoly(canvas, [hull], shade) if thick < 0 else cv2.polylines(canvas, [hull], True, 255, thick)
        elif kind == 2:
            axes = tuple(int(v) for v in rng.uniform(0.2, 0.48, 2) * side)
            cv2.ellipse(canvas, middle, axes, rng.uniform(0, 180), 0, rng.uniform(180, 360), 255, max(1, abs(thick)))
        else:
            letter = lettering.stamp(str(rng.choice(lettering.LETTERS)), max(6, side // 2), rng, bold=True)
            letter = letter[:side, :side]
            y, x = (side - letter.shape[0]) // 2, (side - letter.shape[1]) // 2
            part = canvas[y : y + letter.shape[0], x : x + letter.shape[1]]
            np.copyto(part, np.abs(part.astype(int) - letter).astype(np.uint8))
    return canvas


def signed(scene: Scene, rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    """An emblem, mostly with a name beside or below."""
    side = max(10, round(scene.side * rng.uniform(low, high)))
    sign = _emblem(side, rng)
    if rng.random() < 0.35:
        return sign
    name = lettering.stamp(lettering.words(rng, 1), max(6, round(side * rng.uniform(0.25, 0.5))), rng)
    if rng.random() < 0.5:
        return fitted(lettering.block([sign, name], 0.15, "center"), round(0.8 * scene.picture.shape[1]))
    canvas = np.zeros((max(side, name.shape[0]), side + side // 5 + name.shape[1]), np.uint8)
    canvas[:side, :side] = sign
    y = (canvas.shape[0] - name.shape[0]) // 2
    canvas[y : y + name.shape[0], side + side // 5 :] = name
    return fitted(canvas, round(0.8 * scene.picture.shape[1]))


def logo(scene: Scene, rng: np.random.Generator) -> None:
    """An opaque sign, mostly in a corner."""
    patch = signed(scene, rng, 0.08, 0.22)
    ink, extent = placed(scene, patch, a_place(scene, patch.shape, rng, 0.85), 0.0)
    scene.lay("logo", ink, extent, some_color(rng, vivid=rng.random() < 0.5), rng.uniform(0.85, 1.0))


def badge(scene: Scene, rng: np.random.Generator) -> None:
    """A filled shape with an offer on it."""
    height, width = scene.picture.shape[:2]
    side = round(scene.side * rng.uniform(0.13, 0.42))
    kind = str(rng.choice(["circle", "circle", "star", "plate", "plate", "pill", "strip", "ribbon"]))
    if kind == "strip":
        rows, columns = round(scene.side * rng.uniform(0.07, 0.2)), width
    elif kind in ("plate", "pill"):
        rows, columns = max(8, round(side * rng.uniform(0.3, 0.8))), min(width, round(side * rng.uniform(1, 1.5)))
    else:
        rows = columns = side
    shape, outline = _shape(kind, rows, columns, rng)
    where = a_place(scene, shape.shape, rng, 0.75)
    if kind == "strip":
        where = (width / 2, float(rng.choice([rows / 2, height - rows / 2])))
    if kind == "ribbon":
        where = (columns / 2, rows / 2)
    ground = some_color(rng, vivid=rng.random() < 0.8)
    letters = np.full(3, 255.0, np.float32) if ground.mean() < 150 or rng.random() < 0.4 else np.zeros(3, np.float32)
    if np.abs(ground - letters).max() < 70:
        letters = 255 - letters
    angle = rng.uniform(-25, 25) if kind in ("circle", "star", "plate") and rng.random() < 0.3 else 0.0
    ink, _ = placed(scene, shape, where, angle)
    scene.blend(ink, ground, rng.uniform(0.88, 1.0))
    for other in KINDS:
        scene.where[other][ink > 0.5] = other == "badge"
    scene.unsure[ink > 0.5] = 0
    if outline is not None:
        scene.blend(placed(scene, outline, where, angle)[0], letters, 1.0)
    words = _offer(rows, columns, kind, rng)
    turn = 45.0 if kind == "ribbon" else angle
    center = (where[0] - 0.2 * columns, where[1] - 0.2 * rows) if kind == "ribbon" else where
    inner, _ = placed(scene, words, center, turn)
    scene.blend(inner * (ink > 0.5), letters, 1.0)


def _shape(kind: str, rows: int, columns: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
    canvas = np.zeros((rows, columns), np.uint8)
    ring = np.zeros((rows, columns), np.uint8) if rng.random() < 0.3 else None
    middle, radius = (columns // 2, rows // 2), min(rows, columns) // 2 - 1
    if kind == "circle":
        cv2.circle(canvas, middle, radius, 255, -1, cv2.LINE_AA)
        if ring is not None:
            cv2.circle(ring, middle, round(radius * 0.9), 255, max(1, radius // 20), cv2.LINE_AA)
        return canvas, ring
    if kind == "star":
        points = int(rng.integers(8, 20))
        angles = np.arange(2 * points) * np.pi / points
        reach = radius * np.where(np.arange(2 * points) % 2, rng.uniform(0.75, 0.92), 1.0)
        corners = np.stack([middle[0] + reach * np.cos(angles), middle[1] + reach * np.sin(angles)], axis=1)
        cv2.fillPoly(canvas, [corners.astype(np.int32)], 255, cv2.LINE_AA)
        return canvas, None
    if kind == "ribbon":
        share = rng.uniform(0.35, 0.55)
        corners = np.array([[columns * (1 - share), 0], [columns, 0], [0, rows], [0, rows * (1 - share)]])
        if rng.random() < 0.4:
            corners = np.array([[0, 0], [columns, 0], [0, rows]])
        cv2.fillPoly(canvas, [corners.astype(np.int32)], 255, cv2.LINE_AA)
        return canvas, None
    if kind == "pill":
        radius = rows // 2 - 1 if rng.random() < 0.5 else max(1, rows // 5)
        cv2.rectangle(canvas, (radius, 0), (columns - radius, rows), 255, -1)
        cv2.rectangle(canvas, (0, radius), (columns, rows - radius), 255, -1)
        for x in (radius, columns - radius - 1):
            for y in (radius, rows - radius - 1):
                cv2.circle(canvas, (x, y), radius, 255, -1, cv2.LINE_AA)
        return canvas, None
    canvas[:] = 255
    if ring is not None and kind == "plate":
        inset = max(1, rows // 12)
        cv2.rectangle(ring, (inset, inset), (columns - 1 - inset, rows - 1 - inset), 255, max(1, rows // 30))
        return canvas, ring
    return canvas, None


def _offer(rows: int, columns: int, kind: str, rng: np.random.Generator) -> np.ndarray:
    eastern = bool(lettering.chinese_fonts()) and rng.random() < 0.2
    count = 1 if kind in ("strip", "pill", "ribbon") else int(rng.choice([1, 1, 2]))
    texts = [_offered(kind, eastern, rng) for _ in range(count)]
    lines = [lettering.stamp(one, max(6, round(rows * 0.5 / count)), rng, bold=rng.random() < 0.6) for one in texts]
    patch = lettering.block(lines, 0.25, "center")
    room = 0.5 if kind == "ribbon" else 0.72 if kind in ("circle", "star") else 0.86
    scale = min(room * columns / patch.shape[1], room * rows / patch.shape[0], 1.6)
    size = (max(3, round(patch.shape[1] * scale)), max(3, round(patch.shape[0] * scale)))
    return cv2.resize(patch, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _offered(kind: str, eastern: bool, rng: np.random.Generator) -> str:
    if eastern:
        return lettering.chinese(rng)[:4]
    return lettering.words(rng, 4) if kind == "strip" else lettering.offer(rng)


def printed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Words or a sign that belong to the product: bent, shaded and as sharp as the photo. They are no overlay."""
    height, width = picture.shape[:2]
    scene = Scene(picture)
    patch = signed(scene, rng, 0.15, 0.4) if rng.random() < 0.4 else some_text(scene, rng, 0.04, 0.16)
    patch = fitted(patch, round(rng.uniform(0.25, 0.55) * width))
    rows, columns = patch.shape
    size = np.array([columns, rows])
    middle = np.array([width, height]) * rng.uniform(0.35, 0.65, 2)
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * size
    corners = corners @ _turn(rng.normal(0, 12)) + middle + rng.normal(0, 0.06 * size.mean(), (4, 2))
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    ink = cv2.warpPerspective(patch, matrix, (width, height)).astype(np.float32) / 255
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = rng.uniform(0, 0.03) * height * np.sin(xs / width * rng.uniform(2, 9) + rng.uniform(0, 6))
    ink = cv2.remap(ink, xs, ys + wave.astype(np.float32), cv2.INTER_LINEAR)
    ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.3))[..., None] * rng.uniform(0.6, 1.0)
    light = cv2.GaussianBlur(picture[..., 1], (0, 0), 2)[..., None] / 255
    return picture * (1 - ink) + some_color(rng, vivid=rng.random() < 0.5) * (0.25 + 0.75 * light) * ink


def _turn(degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
