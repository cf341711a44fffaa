"""The eligibility questionnaire, as a form."""

from django import forms


class EligibilityForm(forms.Form):
    """One choice per question of an edition’s questionnaire; a prefix-free field is named by the question’s code."""

    def __init__(self, eligibility: dict, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for number, question in enumerate(eligibility["questions"], 1):
            choices = [(choice["valeur"], choice["libelle"]) for choice in question["reponses"]]
            self.fields[question["code"]] = forms.ChoiceField(
                label=question["question"],
                help_text=question.get("aide", ""),
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={
                    "required": f"Répondez à la question {number}.",
                    "invalid_choice": "Choisissez l’une des réponses proposées.",
                },
            )
