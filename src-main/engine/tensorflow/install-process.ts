// "normscope engine install tensorflow" as a process of its own: TensorFlow is loaded to be tried, and
// cannot be unloaded.

import { endByBug, serveParent } from '#processes/serve-parent.ts';
import { tensorflowFolder } from './engine-folder.ts';
import { installTensorFlow } from './install.ts';

export interface InstallMethods {
  install: {
    input: Record<string, never>;
    output: { readonly folder: string; readonly device: string };
  };
}

export interface InstallEvents {
  part: { readonly done: number; readonly total: number; readonly what: string };
}

const server = serveParent({
  handlers: {
    install: async (): Promise<InstallMethods['install']['output']> => {
      const folder = tensorflowFolder();
      const device = await installTensorFlow(folder, (part: InstallEvents['part']) =>
        server.emit('part', part),
      );
      return { folder, device };
    },
  },
  onBug: endByBug,
});
