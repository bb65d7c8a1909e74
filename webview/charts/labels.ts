/** Names of lines, each where there is room for it. */

interface Line {
  readonly label: string;
  readonly points: readonly { readonly t: number; readonly p: number }[];
}

interface Area {
  /** Of the vertical axis. */
  readonly domain: readonly [number, number];
  readonly logarithmic: boolean;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

export interface PlacedLabel {
  readonly label: string;
  readonly t: number;
  readonly p: number;
}

/** Pixels that a label takes; letters are about so wide. */
const LETTER = 7.5;
const LINE = 15;
const MARGIN = 70;

/** Labels at the peaks of their lines, over a logarithmic axis of temperatures; those that would overlap are left out. */
export function spread(lines: readonly Line[], area: Area): PlacedLabel[] {
  const all = lines.flatMap(({ points }) => points.map(({ t }) => Math.log(t)));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const scale = (value: number): number => (area.logarithmic ? Math.log(value) : value);
  const [bottom, top] = [scale(area.domain[0]), scale(area.domain[1])];
  const inner = { width: area.width - MARGIN, height: area.height - MARGIN };
  const taken: { x: number; y: number; half: number }[] = [];
  return lines.flatMap(({ label, points }) => {
    if (points.length === 0) return [];
    const peak = points.reduce((a, b) => (b.p > a.p ? b : a));
    const half = (label.length * LETTER) / 2;
    const y = ((scale(peak.p) - bottom) / (top - bottom)) * inner.height;
    const x = ((Math.log(peak.t) - low) / (high - low || 1)) * inner.width;
    // A label keeps within the picture: it moves along its line.
    const inside = Math.min(Math.max(x, half), inner.width - half);
    const at = points.reduce((a, b) => {
      const place = (point: { t: number }): number =>
        Math.abs(((Math.log(point.t) - low) / (high - low || 1)) * inner.width - inside);
      return place(b) < place(a) ? b : a;
    });
    const own = { x: inside, y: ((scale(at.p) - bottom) / (top - bottom)) * inner.height, half };
    const crowded = taken.some(
      (other) => Math.abs(other.x - own.x) < other.half + own.half && Math.abs(other.y - own.y) < LINE,
    );
    if (crowded || y > inner.height - LINE / 2) return [];
    taken.push(own);
    return [{ label, t: at.t, p: at.p }];
  });
}
