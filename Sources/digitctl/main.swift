print("digitctl")
