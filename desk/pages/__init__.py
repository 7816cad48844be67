"""The desk's pages: drawn on the server, in Russian or English. They read and act through `commands` alone."""
