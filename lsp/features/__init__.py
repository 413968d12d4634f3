"""What an editor asks for, one module each; a feature knows the server and the document, and no other
feature.
"""
