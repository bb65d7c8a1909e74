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

/**
 * Labels at the peaks of their lines, over a logarithmic axis of temperatures. One that would overlap another, or
 * the line that matters most, is left out.
 */
export function spread(lines: readonly Line[], main: Line['points'], area: Area): PlacedLabel[] {
  const times = main.map(({ t }) => Math.log(t));
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const scale = (value: number): number => (area.logarithmic ? Math.log(value) : value);
  const [bottom, top] = [scale(area.domain[0]), scale(area.domain[1])];
  const width = area.width - MARGIN;
  const height = area.height - MARGIN;
  const xOf = (t: number): number => ((Math.log(t) - low) / (high - low || 1)) * width;
  const yOf = (p: number): number => ((scale(p) - bottom) / (top - bottom || 1)) * height;
  const taken: Box[] = main.map(({ t, p }) => ({ x: xOf(t), y: yOf(p) - LINE / 2, half: 4 }));
  return lines.flatMap(({ label, points }) => {
    if (points.length === 0) return [];
    const half = (label.length * LETTER) / 2;
    const peak = points.reduce((a, b) => (b.p > a.p ? b : a));
    // A label keeps within the picture: it moves along its line.
    const inside = Math.min(Math.max(xOf(peak.t), half), width - half);
    const at = points.reduce((a, b) => (Math.abs(xOf(b.t) - inside) < Math.abs(xOf(a.t) - inside) ? b : a));
    const own = { x: xOf(at.t), y: yOf(at.p), half };
    const crowded = taken.some(
      (other) => Math.abs(other.x - own.x) < other.half + half && Math.abs(other.y - own.y) < LINE,
    );
    if (crowded || own.y > height - LINE / 2) return [];
    taken.push(own);
    return [{ label, t: at.t, p: at.p }];
  });
}

interface Box {
  /** Its middle, and half of its width. */
  readonly x: number;
  readonly half: number;
  readonly y: number;
}
