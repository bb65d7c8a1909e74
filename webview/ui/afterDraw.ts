/**
 * Does something once what has changed just now is on the page, such as putting the focus there: the page is drawn in
 * the next frame, and the toolkit's controls draw their own insides in the frame after that.
 */
export function afterDraw(work: () => void): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      work();
    });
  });
}
