"""Adults on call: the rota, who is paged when and how, and the drills that prove it."""
