// Marks the tour as seen. Runs in the page.

export function skipTour(): void {
  const { localStorage } = globalThis as unknown as {
    localStorage: { setItem: (name: string, value: string) => void };
  };
  localStorage.setItem('tour', 'seen');
}
