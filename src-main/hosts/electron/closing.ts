// What happens when a window is to be closed: the user may keep it, the project is let go of, and whatever
// fails on the way, the window closes in the end: a hidden one that stays would keep the app from ending.

export interface ClosingSteps {
  /** False when the user wants to keep the window. */
  readonly mayClose: () => Promise<boolean>;
  /** The window stays: nothing else is done. */
  readonly kept: () => void;
  /** Out of sight, for the page's last words to be sent. */
  readonly hide: () => Promise<void>;
  readonly closeProject: () => Promise<void>;
  readonly closeSettings: () => Promise<void>;
  /** Says to the user that a step has failed. */
  readonly tell: (error: unknown) => void;
  /** Closes the window, which is not held back again. */
  readonly finish: () => void;
}

/** A listener for a window's "close", of which every one but the last is held back. */
export function closing(steps: ClosingSteps): (event: { preventDefault: () => void }) => void {
  let isAllowed = false;
  let isAsked = false;
  const attempt = async (step: () => Promise<void>) => {
    try {
      await step();
    } catch (error) {
      steps.tell(error);
    }
  };
  const closeWhenAllowed = async () => {
    isAsked = true;
    try {
      isAllowed = await steps.mayClose();
    } catch (error) {
      // Nothing has been closed yet, and work may be under way: as if the user had kept it.
      steps.tell(error);
    } finally {
      isAsked = false;
    }
    if (!isAllowed) {
      steps.kept();
      return;
    }
    await attempt(steps.hide);
    await attempt(steps.closeProject);
    await attempt(steps.closeSettings);
    steps.finish();
  };
  return (event) => {
    if (isAllowed) return;
    event.preventDefault();
    // The app's end asks every window again, also one whose question is open.
    if (!isAsked) void closeWhenAllowed();
  };
}
