/// What every operator, teacher and student is told. Raise the version with every change of the text.
public enum Notice {
    public static let version = "1"

    public static let text = """
        ClassPulse estimates from webcam pictures how concentrated a face looks. Read this before using it.

        What it is: an unvalidated indicator of facial appearance. A face does not show what a person thinks, feels or \
        learns; the weights that turn expressions into a score are a convention, and the models err more on some people \
        than on others.

        Never use it for grades, discipline, exams, attendance decisions or any other decision about a person.

        Law: in the European Union, Art. 5(1)(f) of the AI Act (Regulation (EU) 2024/1689) prohibits systems that infer \
        emotions of people in education, online classes included, except for medical or safety reasons. Elsewhere data \
        protection, biometric and school laws may apply (for example FERPA, COPPA and BIPA in the United States). The \
        operator answers for a lawful use; the mode `presence` infers no expressions.

        Pictures: they are held in memory while they are analysed and never written to disk or to a log. Faces are not \
        recognised or compared; who a picture belongs to is known only from the token it was sent with. What is stored \
        are the numbers: where the face was, seven expression probabilities, the score, and the time.

        Consent: no picture of a student is decoded before the student's consent (for a minor, a guardian's) is on \
        record. It can be withdrawn at any time, and everything stored about a student can be erased.
        """
}
