"""placeholder"""
def classify(case, result):
    return None
