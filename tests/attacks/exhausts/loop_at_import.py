import inside

while True:
    pass
