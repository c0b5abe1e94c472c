// Entries of the glossary about what computes a training, and what it keeps.

export const engineEntries = {
  engine: {
    term: 'Engine',
    meaning:
      'What computes a training: the processor or a graphics card. Each engine is tested with a small network whose results are known, and is offered only if its results agree.',
  },
  auto: {
    term: 'Automatic engine',
    meaning:
      'A training with the engine “auto” uses the fastest engine that is offered. Where two are similarly fast, it times some of its own steps on both. Its choice is recorded with the run.',
  },
  checkpoint: {
    term: 'Checkpoint',
    meaning:
      'The state of a training on the disk, from which it resumes after a pause or a crash. Written at a pause and about once a minute, less often in long runs. Removed when the run is finished.',
  },
} as const;
