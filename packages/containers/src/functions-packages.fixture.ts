import { z } from "zod";

import { container } from "@polyloom/containers";

export const isUrl = container((text: string) => z.url().safeParse(text).success, {
  name: "test-packages",
  onProgress: () => {},
});
