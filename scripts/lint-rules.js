/** The one rule that oxlint lacks: an index lists its names by hand. */
const noExportStar = {
  create(context) {
    return {
      ExportAllDeclaration(node) {
        context.report({ node, message: "`export *` hides what a package offers: list the names." });
      },
    };
  },
};

export default { meta: { name: "house" }, rules: { "no-export-star": noExportStar } };
