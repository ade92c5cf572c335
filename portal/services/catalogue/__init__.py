"""What a procedure is: its definition as data, its versions, and the pure functions over them."""
