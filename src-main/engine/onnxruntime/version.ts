// Which onnxruntime this is, for the doctor's table and for what is remembered of this computer.

import * as ort from 'onnxruntime-node';

export const onnxruntimeVersion = ort.env.versions.node;
