// Closes a window: the user may keep it, the project is closed, and the window closes even when a step
// fails, because a hidden window that stays would keep the app from ending.

export interface ClosingSteps {
  /** False when the user wants to keep the window. */
  readonly mayClose: () => Promise<boolean>;
  /** The window stays: nothing else is done. */
  readonly kept: () => void;
  /** Hides the window, so that the page sends its unsaved changes. */
  readonly hide: () => Promise<void>;
  readonly closeProject: () => Promise<void>;
  readonly closeSettings: () => Promise<void>;
  /** Tells the user that a step has failed. */
  readonly tell: (error: unknown) => void;
  /** Closes the window without another question. */
  readonly finish: () => void;
}

/** A listener for a window's "close" that prevents every such event but the last. */
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
      // Nothing has been closed yet, and work may be running: treated as if the user had kept the window.
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
    // Quitting the app asks every window again, also one whose question is open.
    if (!isAsked) void closeWhenAllowed();
  };
}
