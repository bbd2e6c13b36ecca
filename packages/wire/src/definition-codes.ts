/** The codes of a definition that cannot run as written: what is wrong, and what to do. */
export const DEFINITION_CODES = {
  invalid_node_id: {
    cause: "A node's id is empty, is __proto__, or holds one of . / [ ].",
    remedy: "Use a text without these characters.",
  },
  duplicate_node: {
    cause: "Two nodes of one workflow have the same id.",
    remedy: "Give each node an id of its own.",
  },
  unknown_node: {
    cause: "A name stands for a node that the workflow does not have.",
    remedy: "Add the node first, or correct the id.",
  },
  unknown_port: {
    cause: "A connection names a port that the node's schema does not declare.",
    remedy: "Use one of the declared ports, or add the port to the schema.",
  },
  duplicate_connection: {
    cause: "The same output is connected to the same input twice.",
    remedy: "Remove one of the two connections.",
  },
  conflicting_source: {
    cause: "An input has more than one source.",
    remedy: "Keep one source, or join exclusive branches with firstOf.",
  },
  missing_input: {
    cause: "A required input has neither a value nor a connection.",
    remedy: "Pass the input to addNode, connect it, or give it a default.",
  },
  unmarked_cycle: {
    cause: "Connections form a loop outside of any declared cycle.",
    remedy: "Declare the back edge with createCycle.",
  },
  cycle_unbounded: {
    cause: "A cycle has nothing that could end it.",
    remedy: "Set maxIterations, a timeout, or what it converges on with convergeWhen.",
  },
  cycle_limit_invalid: {
    cause: "A cycle's limit is not a number that could be one.",
    remedy: "Use a positive whole number of iterations, or a positive number of milliseconds.",
  },
  cycle_unbuilt: {
    cause: "A cycle was begun with createCycle, and never built.",
    remedy: "End the chain of calls with build().",
  },
  cycle_overlap: {
    cause: "Two cycles share nodes, and neither lies inside the other.",
    remedy: "Merge the cycles, or separate their nodes.",
  },
  cycle_empty: {
    cause: "A cycle has no back edge, or its back edge closes no loop.",
    remedy: "Connect a later node of the loop back to an earlier one.",
  },
  cycle_single_iteration: {
    cause: "A cycle's maximum is one iteration: its feedback is never read. A warning; the workflow runs.",
    remedy: "Raise maxIterations, or remove the cycle.",
  },
  cycle_criterion_constant: {
    cause: "A cycle's criterion reads nothing that changes between iterations. A warning; the workflow runs.",
    remedy: "Read an output of a node in the body, or the iteration.",
  },
  cycle_feedback_unread: {
    cause: "A feedback ends in a workflow's declared input that nothing inside reads. A warning; the workflow runs.",
    remedy: "Wire that input to a node inside, or remove the feedback.",
  },
  cycle_name_invalid: {
    cause: "A cycle's name is empty, is __proto__, or holds one of . / [ ].",
    remedy: "Use a text without these characters.",
  },
  duplicate_cycle: {
    cause: "Two cycles of one workflow have the same name.",
    remedy: "Give each cycle a name of its own.",
  },
  expression_invalid: {
    cause: "An expression cannot be parsed, or uses what expressions may not use.",
    remedy:
      'Correct the expression, or pass a function instead. A node whose id is no name is written nodes["its-id"].port.',
  },
  expression_failed: {
    cause: "An expression threw, or gave no boolean, when it was evaluated.",
    remedy: "Check that the values it reads exist and have the expected type.",
  },
  reference_misused: {
    cause: "A reference to a future output was used as if it were the value.",
    remedy: "Pass the reference to a node as input, and compute inside that node.",
  },
  foreign_reference: {
    cause: "A reference belongs to another workflow.",
    remedy: "Use references of the workflow that the node is added to.",
  },
  invalid_schema: {
    cause: "A node's input or output is not described by an object schema.",
    remedy: "Describe it with z.object.",
  },
  invalid_definition: {
    cause: "A definition lacks a required part, or a part has the wrong type.",
    remedy: "Correct the part that the message names.",
  },
  unknown_parameter: {
    cause: "A parameter names a node or a port that does not exist.",
    remedy: "Correct the name, or remove the parameter.",
  },
  invalid_option: {
    cause: "An option is unknown, or has a value that it cannot have.",
    remedy: "Correct the option that the message names.",
  },
  invalid_document: {
    cause: "A workflow document does not have the documented form.",
    remedy: "Correct the place that the message names, or write the document with toJSON.",
  },
  not_serializable: {
    cause: "A part of the workflow, such as a function, cannot be written as JSON.",
    remedy: "Pass plain data, name functions with defineFunction, and declare ports by plain types.",
  },
  node_not_portable: {
    cause: "A node cannot be found again by importing the module that defines it.",
    remedy: "Define the node at the top level of a module, with a name unique in that module.",
  },
  map_input_invalid: {
    cause: "A port of a map's each did not get a list.",
    remedy: "Connect an array or a typed array to it.",
  },
  map_lengths_differ: {
    cause: "The arrays that a map runs over have different lengths.",
    remedy: "Pass arrays of one length.",
  },
  unsupported: {
    cause: "The runtime does not support what the workflow or an option asks for.",
    remedy: "Use a runtime whose capabilities include it, or do without it.",
  },
} as const;
