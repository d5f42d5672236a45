// (skeleton)
