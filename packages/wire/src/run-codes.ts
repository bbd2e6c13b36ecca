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
  cycle_memory_exceeded: {
    cause: "What a cycle keeps from one iteration to the next, state and history included, is larger than memoryLimit.",
    remedy: "Keep less in context.state or in history, or raise memoryLimit.",
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
  place_lost: {
    cause:
      "The place where a node ran ended before the node did: it crashed, was killed, or the node ended its process.",
    remedy: "Read the error's cause and details; a node returns or throws, and never calls process.exit.",
  },
  memory_limit_exceeded: {
    cause: "The place where a node ran took more memory than its limit, heap and buffers together, and was ended.",
    remedy: "Raise memoryLimit, pass less at a time, or run fewer nodes at once.",
  },
  late_error: {
    cause: "Code that a node had left behind threw after the node's end.",
    remedy: "Await everything that the node starts, and clear its timers and listeners before it returns.",
  },
  engine_unavailable: {
    cause: "No container engine answers.",
    remedy: "Start Docker Engine, or set DOCKER_HOST to one that runs.",
  },
  engine_forbidden: {
    cause: "The container engine's socket is closed to this user.",
    remedy: "Join the group that owns the socket, or use a rootless engine and DOCKER_HOST.",
  },
  engine_lost: {
    cause: "The container engine stopped answering in the middle of something.",
    remedy: "Look into the engine's log; start it again, and repeat the run.",
  },
  engine_refused: {
    cause: "The container engine refused a request.",
    remedy: "The message has the engine's own words; correct what they name.",
  },
  image_missing: {
    cause: "The engine does not have the image, and was not to pull it.",
    remedy: "Pull or build the image, or allow pulling.",
  },
  image_pull_failed: {
    cause: "An image could not be pulled from its registry.",
    remedy: "Check the image's name, the network and the login at the registry.",
  },
  image_build_failed: {
    cause: "A step of an image's build failed.",
    remedy: "Read the build's output, which is in details.output.",
  },
  image_base_unsuitable: {
    cause: "The base image lacks what the build needs, or cannot be made on this host.",
    remedy: "Use another base image, as the message says.",
  },
  container_options_invalid: {
    cause: "An option of a container is outside of what it can be.",
    remedy: "Correct the option that the message names.",
  },
  container_start_failed: {
    cause: "The engine could not start the container.",
    remedy: "Check the command, the entry point and the mounts that the message names.",
  },
  container_failed: {
    cause: "A container ended before it had given its result, or with an exit code that is not 0.",
    remedy: "Read its last lines in details.logs.",
  },
  container_killed: {
    cause: "A container was ended by a signal that did not come from here.",
    remedy: "Find out who killed it: an operator, or the host when it ran out of memory.",
  },
  container_removed: {
    cause: "A container was removed by somebody else while it ran.",
    remedy: "Keep other tools from removing containers with the label polyloom.owner.",
  },
  container_timeout: {
    cause: "A container took longer than its limit, and was killed.",
    remedy: "Raise timeoutMs, or do less in one call.",
  },
  container_unresponsive: {
    cause: "A container runs, and does not answer.",
    remedy: "See whether it is paused, or starved of CPU; give it more with cpus.",
  },
  out_of_memory: {
    cause: "A container, a process in it, or its JavaScript heap reached the limit of memory.",
    remedy: "Raise the memory limit, or keep less at once.",
  },
  output_limit_exceeded: {
    cause: "A container wrote more output than its limit, and was killed.",
    remedy: "Log less, return large data as a result, or raise outputBytes.",
  },
  security_unenforceable: {
    cause: "The engine cannot enforce a limit or profile that was asked for.",
    remedy: "Use an engine that can, or leave the limit out by name.",
  },
  bind_refused: {
    cause: "A mount would hand the host to the container.",
    remedy: "Mount only the folder that is needed.",
  },
  function_not_portable: {
    cause: "A function cannot be found, or be made again, in another process.",
    remedy: "Call container() at the top level of a module, or name the module and the export.",
  },
  copy_refused: {
    cause: "A file that was to be copied into an image is missing, or leads out of its root.",
    remedy: "Correct the path; copy what a link points at, not the link.",
  },
  deploy_failed: {
    cause: "The target of a deployment refused it, or could not build or start it.",
    remedy: "Read the target's answer in the message.",
  },
  actor_failed: {
    cause: "An actor answered with an error; details.error says which, details.type of which class.",
    remedy: "For validation_error correct the payload; else look at the actor's handler.",
  },
  actor_unreachable: {
    cause: "An actor's socket could not be reached, or closed before the answer came.",
    remedy: "Check the path and its permissions, and that the actor runs.",
  },
  handler_invalid: {
    cause: "The handler of an actor could not be loaded.",
    remedy: "Name a module and a function that it exports, as in ./handler.js:process.",
  },
  socket_occupied: {
    cause: "Where a socket should be is a file or a folder, or a server that answers.",
    remedy: "Use another path, or remove what is there.",
  },
  internal: {
    cause: "Polyloom met a state that it takes for impossible.",
    remedy: "Report it, with the message and the stack.",
  },
} as const;
