/** The codes of a run that failed, or of words between processes that went wrong. */
export const RUN_CODES = {
  workflow_invalid: {
    cause: "The workflow has issues that stop it from running.",
    remedy: "Resolve the issues that the error lists.",
  },
  connection_invalid: {
    cause: "A value does not fit the schema of the port that it arrived at.",
    remedy: "Correct the value at its source, or the schema.",
  },
  node_failed: {
    cause: "A node's function threw.",
    remedy: "Read the error's cause, which is what the node threw.",
  },
  invalid_output: {
    cause: "A node returned something that is not an object of its output ports.",
    remedy: "Return an object with a key for each output.",
  },
  node_timeout: {
    cause: "An attempt at a node took longer than its timeout.",
    remedy: "Raise timeoutMs, or make the node heed its abort signal and do less.",
  },
  run_timeout: {
    cause: "The run took longer than its timeout.",
    remedy: "Raise timeoutMs, or split the workflow.",
  },
  cancelled: {
    cause: "The run was cancelled by its signal, or because its reader left.",
    remedy: "None is needed if the cancellation was meant.",
  },
  cycle_exhausted: {
    cause: "A cycle reached its limit without converging.",
    remedy: "Raise the limit, or loosen the condition.",
  },
  runtime_closed: {
    cause: "The runtime was used after close().",
    remedy: "Create another runtime, or close it later.",
  },
  not_transferable: {
    cause: "A value holds something that cannot move to another process.",
    remedy: "Pass plain data; the message gives the path to what is not.",
  },
  size_limit_exceeded: {
    cause: "A value is larger than the declared limit.",
    remedy: "Raise the limit, or pass a path or a key instead of the bytes.",
  },
  portable_mutation: {
    cause: "A node changed a value that it had received.",
    remedy: "Copy the value before changing it.",
  },
  import_recursion: {
    cause: "A module started a run while it was imported to find its nodes.",
    remedy: "Guard the main part of the module, or move the nodes to a module of their own.",
  },
  response_missing: {
    cause: "A mocked node was reached, and has no response set.",
    remedy: "Set a response for the node, or let its own function run.",
  },
  replay_mismatch: {
    cause: "A recorded run does not fit the workflow that replays it.",
    remedy: "Record the run again.",
  },
  dependency_missing: {
    cause: "An optional package or a program is not installed.",
    remedy: "Install what the message names.",
  },
  frame_too_large: {
    cause: "A frame announces more bytes than the limit.",
    remedy: "Raise the limit on both sides, or send less.",
  },
  frame_invalid: {
    cause: "A stream of frames ended in the middle of one, or went on after an error.",
    remedy: "Look for what closed the stream, or wrote something else into it.",
  },
  decode_failed: {
    cause: "Bytes are not an encoded value.",
    remedy: "Check that both sides run compatible versions, and that nothing else writes there.",
  },
  place_unavailable: {
    cause: "The place where a runtime runs nodes could not be reached or started.",
    remedy: "Read the error's cause; start the server, daemon or pool that it names.",
  },
  no_result: {
    cause: "The result of a node was asked for that did not complete.",
    remedy: "Look at result.nodes for its status, or read result.results, where such a node is absent.",
  },
  internal: {
    cause: "Polyloom met a state that it takes for impossible.",
    remedy: "Report it, with the message and the stack.",
  },
} as const;
